import { MESH, Route, VirtualService } from '../../model/virtual-service';
import { Call } from '../calls';
import { Context } from '../rule';

/** A call of ours, and a VirtualService of somebody else that sidecars have for the same host and port. */
export interface Rivalry {
  readonly call: Call;
  readonly theirs: VirtualService;
  /** Which of the two a sidecar takes. */
  readonly winner: 'ours' | 'theirs';
}

/**
 * The VirtualServices that lead the calls of our clients elsewhere than ours do. For a host and port a sidecar takes one:
 * first those that only its own namespace sees, then those exported to it by name, then public ones; then the oldest.
 *
 * @see SelectVirtualServices in istio/istio, pilot/pkg/model/virtualservice.go
 */
export function* rivalries({ world, clientCalls }: Context): Iterable<Rivalry> {
  for (const call of clientCalls) {
    const candidates = world
      .routesOf([call.host])
      .filter((vs) => vs.exportTo.reaches(call.namespace) && leads(vs, call).length > 0);
    if (candidates.length < 2) continue;
    const sorted = [0, 1, 2].flatMap((rank) => candidates.filter((vs) => rankOf(vs, call.namespace) === rank));
    const theirs = sorted.find((vs) => !world.isOurs(vs));
    if (!theirs || target(leads(theirs, call)) === target(leads(call.via, call))) continue;
    yield { call, theirs, winner: world.isOurs(sorted[0]) ? 'ours' : 'theirs' };
  }
}

function hosts(vs: VirtualService, { kind, sniHosts }: Route): string[] {
  return kind === 'tls' && sniHosts.length > 0 ? sniHosts : vs.hosts;
}

/** The routes of a VirtualService that a call can take. */
function leads(vs: VirtualService, { route: { kind }, host, port }: Call): Route[] {
  return vs.routes.filter(
    (route) =>
      route.kind === kind &&
      route.gateways.includes(MESH) &&
      hosts(vs, route).includes(host) &&
      (route.port === undefined || port === undefined || route.port === port),
  );
}

function target(routes: Route[]): string {
  const ends = routes.flatMap(({ destinations }) => destinations);
  return [...new Set(ends.map(({ host, port, subset }) => JSON.stringify([host, port, subset])))].sort().join();
}

function rankOf({ exportTo, namespace }: VirtualService, client: string): number {
  if (exportTo.everywhere) return 2;
  return namespace === client ? 0 : 1;
}
