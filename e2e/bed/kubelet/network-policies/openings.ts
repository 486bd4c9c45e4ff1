import { Selector, selects } from './selector';
import { KubeObject } from '../../api';

/** What decides about connections: the objects of the API, nothing of how they came about. */
export interface Cluster {
  readonly policies: KubeObject[];
  readonly namespaces: KubeObject[];
  /** Those that have an address. */
  readonly pods: KubeObject[];
}

export type Direction = 'egress' | 'ingress';

interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: string[] };
}

interface Port {
  readonly protocol: string;
  readonly port?: number | string;
  readonly endPort?: number;
}

/** The other side of connections: a match of its address, and the pods that it stands for. */
interface Side {
  readonly match: string;
  readonly pods: KubeObject[];
}

const FIELD = { egress: 'daddr', ingress: 'saddr' };

const setOf = (values: (string | number)[]) => `{ ${[...new Set(values)].sort().join(', ')} }`;

function podsAt(direction: Direction, pods: KubeObject[]): Side[] {
  if (!pods.length) return [];
  return [{ match: `ip ${FIELD[direction]} ${setOf(pods.map(({ status }) => status.podIP))}`, pods }];
}

function blockAt(direction: Direction, { cidr, except = [] }: NonNullable<Peer['ipBlock']>): Side {
  const field = `${cidr.includes(':') ? 'ip6' : 'ip'} ${FIELD[direction]}`;
  // A named port is one of a pod; an address has none.
  return { match: `${field} ${cidr}${except.length ? ` ${field} != ${setOf(except)}` : ''}`, pods: [] };
}

function sidesOf(direction: Direction, peers: Peer[] | undefined, own: string, cluster: Cluster): Side[] {
  if (!peers?.length) return [{ match: '', pods: cluster.pods }];
  return peers.flatMap(({ ipBlock, namespaceSelector, podSelector }) => {
    if (ipBlock) return [blockAt(direction, ipBlock)];
    const within = cluster.namespaces
      .filter(({ metadata }) =>
        namespaceSelector ? selects(namespaceSelector, metadata.labels) : metadata.name === own,
      )
      .map(({ metadata }) => metadata.name);
    const chosen = cluster.pods.filter(
      ({ metadata }) => within.includes(metadata.namespace!) && selects(podSelector ?? {}, metadata.labels),
    );
    return podsAt(direction, chosen);
  });
}

/** The number that a port's name has on a pod. */
function numberOn(pod: KubeObject, { port, protocol }: Port): number | undefined {
  const ports = pod.spec.containers.flatMap((container: any) => container.ports ?? []);
  return ports.find((named: any) => named.name === port && (named.protocol ?? 'TCP') === protocol)?.containerPort;
}

function portMatch({ protocol, port, endPort }: Port): string {
  const name = protocol.toLowerCase();
  if (port === undefined) return `meta l4proto ${name}`;
  return `${name} dport ${port}${endPort === undefined ? '' : `-${endPort}`}`;
}

/** A port by its name is looked up where the connection ends: at the pod itself for what comes in, at each other one for what goes out. */
function byName(direction: Direction, pod: KubeObject, side: Side, port: Port): string[] {
  if (direction === 'ingress') {
    const number = numberOn(pod, port);
    return number === undefined ? [] : [`${side.match} ${portMatch({ ...port, port: number })}`];
  }
  return side.pods.flatMap((other) => {
    const number = numberOn(other, port);
    if (number === undefined) return [];
    return podsAt(direction, [other]).map(({ match }) => `${match} ${portMatch({ ...port, port: number })}`);
  });
}

/** What a rule of a policy lets pass at a pod, as matches of nftables. */
export function openingsOf(
  direction: Direction,
  rule: any,
  policy: KubeObject,
  pod: KubeObject,
  cluster: Cluster,
): string[] {
  const peers = direction === 'egress' ? rule.to : rule.from;
  const sides = sidesOf(direction, peers, policy.metadata.namespace!, cluster);
  const ports: Port[] | undefined = rule.ports?.length ? rule.ports : undefined;
  return sides.flatMap((side) => {
    if (!ports) return [side.match];
    return ports.flatMap((port) =>
      typeof port.port === 'string' ? byName(direction, pod, side, port) : [`${side.match} ${portMatch(port)}`.trim()],
    );
  });
}
