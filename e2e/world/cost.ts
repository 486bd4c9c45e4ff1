import { askEnvoy, configDump, summaryOf } from './config';

/** What istiod's configuration costs one proxy. */
export interface Cost {
  readonly clusters: number;
  readonly listeners: number;
  /** Filter chains of all listeners: TCP and TLS are told apart there. */
  readonly chains: number;
  /** Virtual hosts of all route configurations: HTTP is told apart there. */
  readonly virtualHosts: number;
  /** Length of the clusters, listeners and routes that came from istiod, as JSON. */
  readonly bytes: number;
}

/** What a pod's Envoy was sent, without what it has from its own file. */
export async function cost(pod: string, admin?: number): Promise<Cost> {
  const { clusters, listeners, routes } = summaryOf(await configDump(pod, admin));
  const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);
  return {
    clusters: clusters.length,
    listeners: listeners.length,
    chains: sum(listeners.map(({ filter_chains }) => filter_chains?.length ?? 0)),
    virtualHosts: sum(routes.map(({ virtual_hosts }) => virtual_hosts?.length ?? 0)),
    bytes: sum([clusters, listeners, routes].map((part) => JSON.stringify(part).length)),
  };
}

/** Bytes that a pod's Envoy has allocated, as it tells itself. */
export async function memory(pod: string, admin?: number): Promise<number> {
  const { allocated } = await askEnvoy(pod, 'memory', admin);
  return Number(allocated);
}

/** What the one holds more than the other, figure by figure. */
export function difference<T extends object>(full: T, empty: T): T {
  const less = ([what, count]: [string, number]) => [what, count - (empty[what as keyof T] as number)];
  return Object.fromEntries(Object.entries(full).map(less)) as T;
}
