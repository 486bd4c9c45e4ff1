import { covers, isWildcard } from '../../model/hosts';
import { MESH, Route, VirtualService } from '../../model/virtual-service';
import { Call } from '../calls';
import { Context } from '../rule';
import { World } from '../world';

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
    for (const below of routesBelow(world, call)) yield { call, theirs: below, winner: 'theirs' };
    const candidates = world
      .routesOf([call.host])
      .filter((vs) => vs.exportTo.reaches(call.namespace) && leads(vs, call).length > 0);
    if (candidates.length < 2) continue;
    const sorted = [0, 1, 2].flatMap((rank) => candidates.filter((vs) => rankOf(vs, call.namespace) === rank));
    const theirs = sorted.find((vs) => !world.isOurs(vs));
    if (!theirs || sameWay(theirs, call)) continue;
    yield { call, theirs, winner: world.isOurs(sorted[0]) ? 'ours' : 'theirs' };
  }
}

/** VirtualServices for hosts below the pattern that a call is for: sidecars take the more exact name, whoever sees it first. */
function routesBelow(world: World, call: Call): VirtualService[] {
  if (!isWildcard(call.host)) return [];
  return world.virtualServices.filter(
    (vs) =>
      !world.isOurs(vs) &&
      vs.exportTo.reaches(call.namespace) &&
      vs.routes.some((route) => {
        const below = hosts(vs, route).find((host) => host !== call.host && covers(call.host, host));
        return below !== undefined && leads(vs, { ...call, host: below }).length > 0;
      }),
  );
}

function hosts(vs: VirtualService, { kind, sniHosts }: Route): string[] {
  return kind === 'tls' && sniHosts.length > 0 ? sniHosts : vs.hosts;
}

/** The routes of a VirtualService that a call can take. */
export function leads(vs: VirtualService, { route: { kind }, host, port }: Call): Route[] {
  return vs.routes.filter(
    (route) =>
      route.kind === kind &&
      route.gateways.includes(MESH) &&
      hosts(vs, route).includes(host) &&
      (route.port === undefined || port === undefined || route.port === port),
  );
}

/** Whether a VirtualService leads a call to where the call's own does. */
export function sameWay(vs: VirtualService, call: Call): boolean {
  return target(leads(vs, call)) === target(leads(call.via, call));
}

function target(routes: Route[]): string {
  const ends = routes.flatMap(({ destinations }) => destinations);
  return [...new Set(ends.map(({ host, port, subset }) => JSON.stringify([host, port, subset])))].sort().join();
}

function rankOf({ exportTo, namespace }: VirtualService, client: string): number {
  if (exportTo.everywhere) return 2;
  return namespace === client ? 0 : 1;
}
