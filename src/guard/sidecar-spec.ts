import { Construct } from 'constructs';
import { ClusterServices, dnsImport, ProxyBackend } from './cluster-services';
import { exitUses } from './exit-use';
import { InCluster } from './in-cluster';
import { SidecarSpec } from '../../imports/networking.istio.io';
import { EgressExit } from '../exit/egress-exit';
import { Mesh } from '../mesh/mesh';
import { Plain } from '../mesh/plain';
import { serviceHost } from '../naming';

/** What the sidecars of a namespace need besides what is declared. */
export interface Imports {
  readonly exits: EgressExit[];
  readonly inCluster: InCluster;
  readonly backends: ProxyBackend[];
  readonly cluster: ClusterServices;
}

/** What the sidecars of an observed namespace know: everything, and they send on what they do not. */
export function openSidecar() {
  return {
    outboundTrafficPolicy: { mode: 'ALLOW_ANY' },
    egress: [{ hosts: ['*/*'] }],
  } satisfies Plain<SidecarSpec>;
}

/**
 * What the sidecars of a closed namespace know: what stands in it, DNS, the Services of the exits that it uses, and where in the
 * cluster it may call. Everything else they refuse.
 *
 * The exits' Services have to be named although the routes name them too: a sidecar listens on port 80, where hosts need no
 * ServiceEntry, only while it sees a Service on that port by its own imports.
 */
export function closedSidecar(scope: Construct, namespace: string, imports: Imports) {
  const { exits: others, inCluster, backends, cluster } = imports;
  const { clusterDomain } = Mesh.of(scope);
  const exits = exitUses(scope, namespace, others).flatMap(({ exit, http, opaque, meshHosts }) => [
    ...(http ? [`${exit.namespace}/${exit.http.host}`] : []),
    ...(opaque ? [`${exit.namespace}/${exit.opaque.host}`] : []),
    ...meshHosts.map((host) => `${exit.namespace}/${host}`),
  ]);
  const services = backends.map(({ namespace: ns, service }) => `${ns}/${serviceHost(service, ns, clusterDomain)}`);
  const hosts = [dnsImport(scope, cluster), ...exits, ...services, ...inCluster._imports(clusterDomain)];
  return {
    outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
    egress: [{ hosts: ['./*', ...withoutCovered([...new Set(hosts)]).sort()] }],
  } satisfies Plain<SidecarSpec>;
}

/** Leaves out what a wider import brings along. */
function withoutCovered(hosts: string[]): string[] {
  const covers = (wide: string, host: string) => {
    const [place, names] = wide.split('/');
    const [namespace, name] = host.split('/');
    return (
      wide !== host && names.startsWith('*.') && (place === '*' || place === namespace) && name.endsWith(names.slice(1))
    );
  };
  return hosts.filter((host) => !hosts.some((wide) => covers(wide, host)));
}
