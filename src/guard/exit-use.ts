import { Construct } from 'constructs';
import { cidrOf } from './ranges';
import { allDeclared, Declared } from '../app/records';
import { httpPorts, opaquePorts } from '../destination/egress-port';
import { parseIpRange } from '../destination/ip-range';
import { ExitAddress } from '../exit/address';
import { Declaration } from '../exit/declaration';
import { EgressExit } from '../exit/egress-exit';
import { Slot } from '../slot';

/** How a namespace uses an exit, over all that is declared for it. */
export interface ExitUse {
  readonly exit: ExitAddress;
  /** Whether its calls go to the exit's Service for HTTP. */
  readonly http: boolean;
  /** Whether they go to the Service for opaque ports. */
  readonly opaque: boolean;
  /** Hosts that are led for the whole mesh, by routes that stand beside the exit. */
  readonly meshHosts: string[];
}

/** Addresses outside that are declared, on one port; undefined for any address, where only names are known. */
export interface Upstreams {
  readonly port: number;
  readonly ranges?: string[];
}

/**
 * How a namespace's workloads are let out by the exits, sorted by exit.
 *
 * @param others Exits that they use besides, in ways that the app does not know
 */
export function exitUses(scope: Construct, namespace: string, others: EgressExit[]): ExitUse[] {
  const ways = new Map<string, ExitUse>();
  for (const exit of others.flatMap((other) => other._address(scope) ?? [])) {
    ways.set(`${exit.namespace}/${exit.exitName}`, { exit, http: true, opaque: true, meshHosts: [] });
  }
  for (const { exit, declaration } of usedFrom(scope, namespace)) {
    const reach = exit._address(scope);
    if (!reach) continue;
    const key = `${reach.namespace}/${reach.exitName}`;
    const known = ways.get(key);
    const inMesh = declaration.clients.some(({ namespaceName }) => namespaceName === undefined);
    ways.set(key, {
      // Of an exit that is made here and imported too, more is known where it is made.
      exit: exit._isOwned || !known ? reach : known.exit,
      http: (known?.http ?? false) || httpPorts(declaration.ports).length > 0,
      opaque: (known?.opaque ?? false) || opaquePorts(declaration.ports).length > 0,
      meshHosts: [...new Set([...(known?.meshHosts ?? []), ...(inMesh ? declaration.hosts : [])])].sort(),
    });
  }
  return [...ways.keys()].sort().map((key) => ways.get(key)!);
}

/** What a namespace's sidecars reach by themselves. */
export function directFrom(scope: Construct, namespace: string): Declaration[] {
  return usedFrom(scope, namespace)
    .filter(({ exit }) => exit._kind === 'sidecar')
    .map(({ declaration }) => declaration);
}

/** What is granted at an exit of the app. */
export function grantedAt(exit: EgressExit): Declaration[] {
  return allDeclared(exit)
    .filter((declared) => declared.exit === exit)
    .map(({ declaration }) => declaration);
}

/** Where declarations lead outside, by port; addresses where all of a port's are known. */
export function upstreamsOf(declarations: Declaration[]): Upstreams[] {
  const ports = new Map<number, Set<string> | undefined>();
  for (const { ports: declared, upstream } of declarations) {
    const ranges = upstream.endpoints?.map(({ address }) => parseIpRange(address));
    const known = ranges?.every((range) => range !== undefined) ? ranges.map(cidrOf) : undefined;
    for (const { upstreamPort } of declared) {
      const before = ports.has(upstreamPort) ? ports.get(upstreamPort) : new Set<string>();
      ports.set(upstreamPort, known && before && new Set([...before, ...known]));
    }
  }
  return [...ports.keys()]
    .sort((a, b) => a - b)
    .map((port) => ({ port, ranges: ports.get(port) && [...ports.get(port)!].sort() }));
}

function usedFrom(scope: Construct, namespace: string): Declared[] {
  const { named, any } = byNamespace(scope);
  return [...(named.get(namespace) ?? []), ...any];
}

interface Index {
  readonly size: number;
  readonly named: Map<string, Declared[]>;
  readonly any: Declared[];
}

const INDEX = new Slot<Index>('DeclaredByNamespace');

/** All declarations by their clients' namespaces, gone through once for however many guards. */
function byNamespace(scope: Construct): Index {
  const declared = allDeclared(scope);
  const known = INDEX.of(scope.node.root);
  if (known?.size === declared.length) return known;
  const index: Index = { size: declared.length, named: new Map(), any: [] };
  for (const one of declared) {
    for (const namespace of new Set(one.declaration.clients.map(({ namespaceName }) => namespaceName))) {
      if (namespace === undefined) index.any.push(one);
      else if (!index.named.get(namespace)?.push(one)) index.named.set(namespace, [one]);
    }
  }
  INDEX.set(scope.node.root, index);
  return index;
}
