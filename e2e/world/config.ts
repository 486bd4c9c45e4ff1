import { stringify } from 'yaml';
import { podNetns } from '../bed/layout';
import { run } from '../bed/process';

/** The configuration that a pod's Envoy has, as it tells itself. */
export async function configDump(pod: string): Promise<any> {
  const [namespace, name] = pod.split('/');
  const url = 'http://127.0.0.1:15000/config_dump';
  const { stdout } = await run(['curl', '-sf', url], { netns: podNetns(namespace, name) });
  return JSON.parse(stdout);
}

/** The parts of a kind in a dump: `ClustersConfigDump`, `RoutesConfigDump`, `ListenersConfigDump`. */
function section(dump: any, kind: string): any {
  return dump.configs.find((config: any) => config['@type'].endsWith(`.${kind}`)) ?? {};
}

/** Clusters, routes and listeners by name, without what changes by itself. */
export async function summary(pod: string): Promise<{ clusters: any[]; routes: any[]; listeners: any[] }> {
  const dump = await configDump(pod);
  const clusters = (section(dump, 'ClustersConfigDump').dynamic_active_clusters ?? []).map(
    ({ cluster }: any) => cluster,
  );
  const routes = (section(dump, 'RoutesConfigDump').dynamic_route_configs ?? []).map(
    ({ route_config }: any) => route_config,
  );
  const listeners = (section(dump, 'ListenersConfigDump').dynamic_listeners ?? []).map(
    ({ active_state }: any) => active_state?.listener,
  );
  return { clusters, routes, listeners: listeners.filter(Boolean) };
}

/** The virtual hosts of a pod's Envoy, by their first domain. */
export async function virtualHosts(pod: string): Promise<string[]> {
  const { routes } = await summary(pod);
  return routes
    .flatMap((route) => (route.virtual_hosts ?? []).map((virtual: any) => virtual.domains[0] as string))
    .sort();
}

/** What a pod's Envoy knows about a host: clusters, virtual hosts and filter chains that name it. */
export async function configFor(host: string, pod: string): Promise<string> {
  const { clusters, routes, listeners } = await summary(pod);
  const names = (value: unknown) => JSON.stringify(value).includes(host);
  const found = {
    clusters: clusters
      .filter(names)
      .map(({ name, type, transport_socket }) => ({ name, type, tls: transport_socket?.typed_config })),
    routes: routes.flatMap((route) =>
      (route.virtual_hosts ?? [])
        .filter(names)
        .map((virtual: any) => ({ in: route.name, domains: virtual.domains, routes: virtual.routes })),
    ),
    chains: listeners.flatMap((listener) =>
      (listener.filter_chains ?? []).filter(names).map((chain: any) => ({
        in: listener.name,
        match: chain.filter_chain_match,
        filters: chain.filters?.map((filter: any) => filter.name),
      })),
    ),
  };
  return stringify(found, { aliasDuplicateObjects: false }).slice(0, 6000);
}
