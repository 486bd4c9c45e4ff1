import { HopOptions } from './destination-rules';
import { Exit } from './exits';
import { World } from './world';
import { Destination, MESH, Route, VirtualService } from '../model/virtual-service';

/** A call that a VirtualService leads, on the way from one proxy to where the route sends it. */
export interface Call {
  readonly via: VirtualService;
  readonly route: Route;
  /** The proxy: a sidecar of this namespace, or a gateway in it. */
  readonly proxy: 'sidecar' | 'gateway';
  readonly namespace: string;
  /** The host and port that were called; undefined for any port. */
  readonly host: string;
  readonly port?: number;
  readonly to: Destination;
}

/** The calls that these VirtualServices lead from sidecars, once for each namespace that sees them. */
export function sidecarCalls(virtualServices: VirtualService[], namespaces: Iterable<string>): Call[] {
  const all = [...namespaces];
  return virtualServices.flatMap((via) => {
    const seenBy = via.exportTo.everywhere ? all : [...via.exportTo.namespaces];
    const routes = via.routes.filter((route) => route.gateways.includes(MESH));
    return seenBy.flatMap((namespace) => routes.flatMap((route) => expand(via, route, 'sidecar', namespace)));
  });
}

/** The calls that these VirtualServices lead from the gateways of exits. */
export function gatewayCalls(virtualServices: VirtualService[], exits: Exit[]): Call[] {
  return exits.flatMap((exit) => {
    const names = new Set(exit.gateways.map(({ id }) => id));
    return virtualServices
      .filter((via) => via.exportTo.reaches(exit.namespace))
      .flatMap((via) =>
        via.routes
          .filter((route) => route.gateways.some((gateway) => names.has(gateway)))
          .flatMap((route) => expand(via, route, 'gateway', exit.namespace)),
      );
  });
}

function expand(via: VirtualService, route: Route, proxy: Call['proxy'], namespace: string): Call[] {
  const hosts = route.kind === 'tls' && route.sniHosts.length > 0 ? route.sniHosts : via.hosts;
  return hosts.flatMap((host) =>
    route.destinations.map((to) => ({ via, route, proxy, namespace, host, port: route.port, to })),
  );
}

/** How texts name a call. */
export function callName({ proxy, namespace, host, port }: Call): string {
  const target = port === undefined ? host : `${host}:${port}`;
  return proxy === 'sidecar' ? `${target} from ${namespace}` : `${target} at the gateway in ${namespace}`;
}

/** What decides which DestinationRule a call follows. */
export function hopOf(world: World, call: Call): HopOptions {
  const { host, subset } = call.to;
  const service = world.registry.all.claims(host)[0]?.namespace;
  return { namespace: call.namespace, host, port: destinationPort(world, call), subset, service };
}

/** The port of the destination, which a host with one port need not name. */
export function destinationPort(world: World, { namespace, proxy, to }: Call): number | undefined {
  if (to.port !== undefined) return to.port;
  const entries =
    proxy === 'gateway'
      ? world.registry.all.forGateway(namespace, to.host)
      : world.registry.all.forSidecar(namespace, to.host);
  const ports = entries.flatMap(({ ports: own }) => own);
  return ports.length === 1 ? ports[0].number : undefined;
}
