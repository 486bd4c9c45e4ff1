import { Construct, IConstruct } from 'constructs';
import { knownExits } from '../../app/known-exits';
import { clusterRangesOf, GuardMark, guardOf, ingressHostOf } from '../../app/marks';
import { allDeclared } from '../../app/records';
import { ExitAddress } from '../../exit/address';
import { EgressExit } from '../../exit/egress-exit';
import { Mesh } from '../../mesh/mesh';
import { OutboundTrafficPolicy } from '../../mesh/mesh-settings';
import { observedNamespaces } from '../../policy/observed';
import { GATEWAY_NAME } from '../../waypoint/waypoint-address';

/** What the admission policy has to know of the app and of other repos. */
export interface AdmissionFacts {
  /** Namespaces of exits. */
  readonly exitNamespaces: string[];
  /** Labels that exits' pods are known to carry. */
  readonly exitLabels: { [key: string]: string }[];
  /** Hosts that sidecars of a namespace may reach by themselves. */
  readonly direct: { [namespace: string]: DirectHosts };
  /** Addresses in the cluster, each with its port, that guards make known to sidecars. */
  readonly known: { [namespace: string]: string[] };
  /**
   * Namespaces that guards close by network policies, and the ranges of addresses that these open, with protocol and port. As keys,
   * because CEL goes through a list for each question.
   */
  readonly ranges: { [namespace: string]: { [range: string]: true } };
  /** What guards' Sidecars import. */
  readonly imports: { [namespace: string]: string[] };
  /** With which provider guards log. */
  readonly logs: { [namespace: string]: string };
  /** Namespaces whose Sidecars may still be open. */
  readonly observed: string[];
  /** Namespaces in which this app itself makes what others may not: those of ingress gateways that publish external hosts. */
  readonly ingressNamespaces: string[];
  readonly clusterDomain: string;
  /** Addresses of pods, Services and nodes, where guards say them. */
  readonly clusterRanges: string[];
  /** Who may write the endpoints of Services. */
  readonly writers: string[];
  /** Hosts from which istiod may fetch keys. */
  readonly keyServers: string[];
  /** Whether a Sidecar that says nothing is open. */
  readonly meshIsOpen: boolean;
}

/** What other repos have that an app does not see. */
export interface OtherRepos {
  readonly exits: EgressExit[];
  readonly direct: [namespace: string, DirectHosts][];
  readonly clusterRanges: string[];
  readonly writers: string[];
  readonly keyServers: string[];
}

/** Hosts that are reached without an exit. */
export interface DirectHosts {
  /** "host port>port of the host", or "host *" for every port. */
  readonly hosts: string[];
  /** Where they may be said to be. */
  readonly endpoints: string[];
}

/**
 * Kubernetes' own controllers of endpoints, with accounts of their own or with that of all controllers.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#controller-roles
 */
const CONTROLLERS = [
  'system:kube-controller-manager',
  'system:serviceaccount:kube-system:endpoint-controller',
  'system:serviceaccount:kube-system:endpointslice-controller',
  'system:serviceaccount:kube-system:endpointslicemirroring-controller',
];

/**
 * Estimated size, in characters of JSON, up to which ranges fit into an expression of the API server. With more, the policy knows no
 * ranges, and only the app's owner may write network policies with addresses.
 */
const MOST_CHARACTERS = 60_000;

/** Gathers the facts; to be called when everything is declared. */
export function admissionFacts(scope: Construct, others: OtherRepos): AdmissionFacts {
  const nodes = scope.node.root.node.findAll();
  const exits = knownExits(scope, others.exits);
  const guards = nodes.flatMap((node) => guardOf(node) ?? []);
  const mesh = Mesh.of(scope);
  return {
    exitNamespaces: unique(exits.map(({ namespace }) => namespace)),
    exitLabels: distinct(exits.map(takenBySelector)),
    direct: mergedHosts([...directOf(scope), ...others.direct]),
    known: merged(
      guards.flatMap(({ namespaces, known }) =>
        namespaces.map((namespace): Entry => [namespace, known.flatMap(pairs)]),
      ),
    ),
    ranges: bounded(
      merged(
        guards.flatMap((guard) =>
          guard.closed.map((namespace): Entry => [namespace, guard.openings(namespace).flatMap(rangesOf)]),
        ),
      ),
    ),
    imports: merged(
      guards.flatMap(({ namespaces, imports }) =>
        imports ? namespaces.map((namespace): Entry => [namespace, imports(namespace)]) : [],
      ),
    ),
    logs: Object.fromEntries(
      guards.flatMap(({ namespaces, logs }) => (logs ? namespaces.map((namespace) => [namespace, logs]) : [])).sort(),
    ),
    observed: observedNamespaces(scope),
    ingressNamespaces: unique(nodes.flatMap((node) => ingressHostOf(node)?.namespace ?? [])),
    clusterDomain: mesh.clusterDomain,
    clusterRanges: unique([...others.clusterRanges, ...nodes.flatMap((node) => clusterRangesOf(node) ?? [])]),
    writers: unique([...CONTROLLERS, ...others.writers]),
    keyServers: unique(others.keyServers),
    meshIsOpen: mesh.outboundTrafficPolicy === OutboundTrafficPolicy.ALLOW_ANY,
  };
}

/** Istio's Gateways cannot take the pods of a waypoint. */
function takenBySelector({ selector }: ExitAddress): Labels | undefined {
  return selector && GATEWAY_NAME in selector ? undefined : selector;
}

type Labels = { [key: string]: string };
type Entry = [namespace: string, values: string[]];

function directOf(scope: IConstruct): [namespace: string, DirectHosts][] {
  return allDeclared(scope)
    .filter(({ exit }) => exit._kind === 'sidecar')
    .flatMap(({ declaration: { clients, hosts, ports, upstream } }) => {
      const called = hosts.flatMap((host) => ports.map(({ port, upstreamPort }) => `${host} ${port}>${upstreamPort}`));
      const endpoints = (upstream.endpoints ?? []).map(({ address }) => address);
      return clients.flatMap(({ namespaceName }): [string, DirectHosts][] =>
        namespaceName ? [[namespaceName, { hosts: called, endpoints }]] : [],
      );
    });
}

/** Addresses with their ports, as a ServiceEntry writes them. */
const pairs = ({ ranges, ports }: GuardMark['known'][number]): string[] =>
  ranges.flatMap((range) => ports.map((port) => `${range.replace(/\/(32|128)$/, '')} ${port}`));

/** Ranges as keys of a map; none where they are too many for the API server. */
function bounded(all: { [namespace: string]: string[] }): AdmissionFacts['ranges'] {
  const keys = (ranges: string[]) => Object.fromEntries(ranges.map((range) => [range, true as const]));
  const ranges = Object.fromEntries(Object.entries(all).map(([namespace, found]) => [namespace, keys(found)]));
  if (JSON.stringify(ranges).length <= MOST_CHARACTERS) return ranges;
  return Object.fromEntries(Object.keys(all).map((namespace) => [namespace, {}]));
}

function mergedHosts(entries: [namespace: string, DirectHosts][]): { [namespace: string]: DirectHosts } {
  const hosts = merged(entries.map(([namespace, direct]) => [namespace, direct.hosts]));
  const endpoints = merged(entries.map(([namespace, direct]) => [namespace, direct.endpoints]));
  return Object.fromEntries(
    Object.keys(hosts).map((namespace) => [namespace, { hosts: hosts[namespace], endpoints: endpoints[namespace] }]),
  );
}

/** The ranges of an opening, each with each of its ports, as the policy compares them. */
function rangesOf(opening: any): string[] {
  const ranges: string[] = opening.to.flatMap(({ ipBlock }: any) =>
    ipBlock ? `${ipBlock.cidr} ${(ipBlock.except ?? []).join()}` : [],
  );
  return ranges.flatMap((range) => opening.ports.map(({ protocol, port }: any) => `${range} ${protocol} ${port}`));
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
