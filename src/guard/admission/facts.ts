import { ApiObject } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { allDeclared } from '../../exit/declared';
import { IEgressExit } from '../../exit/egress-exit';
import { ExitReach } from '../../exit/gateway-handle';
import { GATEWAY_NAME } from '../../exit/waypoint-handle';
import { Mesh } from '../../mesh/mesh';
import { OutboundTrafficPolicy } from '../../mesh/mesh-settings';
import { observedNamespaces } from '../../policy/observed';
import { guardOf, ingressHostOf } from '../../validation/marks';

/** What the admission policy has to know of the app and of other repos. */
export interface AdmissionFacts {
  /** Namespaces of exits. */
  readonly exitNamespaces: string[];
  /** Labels that exits' pods are known to carry. */
  readonly exitLabels: { [key: string]: string }[];
  /** Hosts that sidecars of a namespace may reach by themselves. */
  readonly direct: { [namespace: string]: string[] };
  /** Namespaces that guards close by network policies, and the ranges of addresses that these open, with protocol and port. */
  readonly ranges: { [namespace: string]: string[] };
  /** Namespaces whose Sidecars may still be open. */
  readonly observed: string[];
  /** Namespaces in which this app itself makes what others may not: those of ingress gateways that publish external hosts. */
  readonly ingressNamespaces: string[];
  readonly clusterDomain: string;
  /** Whether a Sidecar that says nothing is open. */
  readonly meshIsOpen: boolean;
}

/** What other repos have that an app does not see. */
export interface OtherRepos {
  readonly exits: IEgressExit[];
  readonly direct: { [namespace: string]: string[] };
}

/** Gathers the facts; to be called when everything is declared. */
export function admissionFacts(scope: Construct, others: OtherRepos): AdmissionFacts {
  const nodes = scope.node.root.node.findAll();
  const exits = exitsOf(scope, nodes, others.exits);
  const mesh = Mesh.of(scope);
  return {
    exitNamespaces: unique(exits.map(({ namespace }) => namespace)),
    exitLabels: distinct(exits.map(takenBySelector)),
    direct: merged([...directOf(scope), ...Object.entries(others.direct)]),
    ranges: merged(
      nodes.flatMap((node) => {
        const guard = guardOf(node);
        return (guard?.closed ?? []).map((namespace): Entry => [
          namespace,
          guard!.openings(namespace).flatMap(rangesOf),
        ]);
      }),
    ),
    observed: observedNamespaces(scope),
    ingressNamespaces: unique(nodes.filter(ingressHostOf).flatMap(namespacesAround)),
    clusterDomain: mesh.clusterDomain,
    meshIsOpen: mesh.outboundTrafficPolicy === OutboundTrafficPolicy.ALLOW_ANY,
  };
}

/** Exits that the app makes, those of other repos that something is declared through, and those that are named. */
function exitsOf(scope: Construct, nodes: IConstruct[], named: IEgressExit[]): ExitReach[] {
  const made = nodes.filter((node): node is IConstruct & IEgressExit => (node as any)._owned === node);
  const used = allDeclared(scope).map(({ exit }) => exit);
  const reached = [...named, ...used, ...made].flatMap((exit) => exit._reach?.(scope) ?? []);
  return [...new Map(reached.map((exit) => [`${exit.namespace}/${exit.exitName}`, exit])).values()];
}

/** Istio's Gateways cannot take the pods of a waypoint. */
function takenBySelector({ selector }: ExitReach): Labels | undefined {
  return selector && GATEWAY_NAME in selector ? undefined : selector;
}

type Labels = { [key: string]: string };
type Entry = [namespace: string, values: string[]];

function directOf(scope: IConstruct): Entry[] {
  return allDeclared(scope)
    .filter(({ exit }) => exit.namespace === '')
    .flatMap(({ declaration: { clients, hosts } }) =>
      clients.flatMap(({ namespaceName }): Entry[] => (namespaceName ? [[namespaceName, hosts]] : [])),
    );
}

/** The ranges of an opening, each with each of its ports, as the policy compares them. */
function rangesOf(opening: any): string[] {
  const ranges: string[] = opening.to.flatMap(({ ipBlock }: any) =>
    ipBlock ? `${ipBlock.cidr} ${(ipBlock.except ?? []).join()}` : [],
  );
  return ranges.flatMap((range) => opening.ports.map(({ protocol, port }: any) => `${range} ${protocol} ${port}`));
}

/** The namespaces of what stands beside a mark. */
function namespacesAround(node: IConstruct): string[] {
  return [node, ...(node.node.scope ? [node.node.scope] : [])]
    .flatMap((at) => at.node.children)
    .flatMap((child) => (ApiObject.isApiObject(child) ? (child.metadata.namespace ?? []) : []));
}

function merged(entries: Entry[]): { [namespace: string]: string[] } {
  const all = new Map<string, string[]>();
  for (const [namespace, values] of entries) all.set(namespace, [...(all.get(namespace) ?? []), ...values]);
  return Object.fromEntries([...all.keys()].sort().map((namespace) => [namespace, unique(all.get(namespace)!)]));
}

const unique = (values: string[]): string[] => [...new Set(values)].sort();

/** Each set of labels once. */
function distinct(all: (Labels | undefined)[]): Labels[] {
  const known = all.filter((labels): labels is Labels => labels !== undefined);
  const byText = new Map(known.map((labels) => [JSON.stringify(Object.entries(labels).sort()), labels]));
  return [...byText.keys()].sort().map((text) => byText.get(text)!);
}
