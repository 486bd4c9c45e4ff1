import { IpBlock } from './ranges';

/** Whom a rule of a network policy is about. */
export interface Peer {
  readonly namespaceSelector?: object;
  readonly podSelector?: object;
  readonly ipBlock?: IpBlock;
}

/** A port on which pods listen: network policies look at connections after Services are translated. */
export interface PeerPort {
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
}

/** The label that every namespace carries, with its name. */
const NAME = 'kubernetes.io/metadata.name';

/** The pods of namespaces, or those of them that carry labels. */
export function podsOf(namespaces: string[], labels?: { [key: string]: string }): Peer {
  const namespaceSelector =
    namespaces.length === 1
      ? { matchLabels: { [NAME]: namespaces[0] } }
      : { matchExpressions: [{ key: NAME, operator: 'In', values: namespaces }] };
  return { namespaceSelector, ...(labels && { podSelector: { matchLabels: labels } }) };
}

/** The pods of every namespace of the cluster. */
export const everyPod: Peer = { namespaceSelector: {} };

/** The pods of every namespace but some. */
export const podsOutOf = (namespaces: string[]): Peer => ({
  namespaceSelector: { matchExpressions: [{ key: NAME, operator: 'NotIn', values: namespaces }] },
});

/** The pods of the policy's own namespace. */
export const ownPods: Peer = { podSelector: {} };

/** Addresses. */
export const addresses = (cidrs: string[]): Peer[] => cidrs.map((cidr) => ({ ipBlock: { cidr } }));

/** TCP ports, each once, by number. */
export const tcp = (...ports: number[]): PeerPort[] =>
  [...new Set(ports)].sort((a, b) => a - b).map((port) => ({ protocol: 'TCP', port }));

/** An opening for what leaves pods. Without ports, for all of them. */
export const to = (peers: Peer[], ports?: PeerPort[]) => ({ to: peers, ports });

/** An opening for what comes to pods. */
export const from = (peers: Peer[], ports: PeerPort[]) => ({ from: peers, ports });
