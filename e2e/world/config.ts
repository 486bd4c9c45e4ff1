import { stringify } from 'yaml';
import { podNetns } from '../bed/layout';
import { run } from '../bed/process';

/** Where Istio's proxies answer for themselves. */
const ADMIN = 15000;

/** Asks an Envoy in a pod's network about itself. */
export async function askEnvoy(pod: string, about: string, admin = ADMIN): Promise<any> {
  const [namespace, name] = pod.split('/');
  const command = ['curl', '-sf', `http://127.0.0.1:${admin}/${about}`];
  const { stdout } = await run(command, { netns: podNetns(namespace, name) });
  return JSON.parse(stdout);
}

/** The configuration that a pod's Envoy has, as it tells itself. */
export const configDump = async (pod: string, admin?: number): Promise<any> => askEnvoy(pod, 'config_dump', admin);

/** The parts of a kind in a dump: `ClustersConfigDump`, `RoutesConfigDump`, `ListenersConfigDump`. */
function section(dump: any, kind: string): any {
  return dump.configs.find((config: any) => config['@type'].endsWith(`.${kind}`)) ?? {};
}

interface Summary {
  clusters: any[];
  routes: any[];
  listeners: any[];
}

/** Clusters, routes and listeners of a pod's Envoy, without what changes by itself. */
export async function summary(pod: string): Promise<Summary> {
  return summaryOf(await configDump(pod));
}

/** The clusters, routes and listeners in a dump that came from istiod. */
export function summaryOf(dump: any): Summary {
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

/** What a pod's proxy knows about a host: clusters, virtual hosts and filter chains that name it, or for ztunnel services and workloads. */
export async function configFor(host: string, pod: string): Promise<string> {
  const dump = await configDump(pod);
  return stringify(dump.configs ? envoyFor(host, dump) : ztunnelFor(host, dump), {
    aliasDuplicateObjects: false,
  }).slice(0, 6000);
}

function ztunnelFor(host: string, { services, workloads }: any): object {
  const names = (value: unknown) => JSON.stringify(value).includes(host);
  return { services: services.filter(names), workloads: workloads.filter(names) };
}

function envoyFor(host: string, dump: any): object {
  const { clusters, routes, listeners } = summaryOf(dump);
  const names = (value: unknown) => JSON.stringify(value).includes(host);
  return {
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
}
