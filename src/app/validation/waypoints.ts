import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { Tree, TreeCheck } from './check-tree';
import { paths } from './clashes';
import { describe } from '../../errors';
import { waypointHostOf } from '../marks';

/** For apps with hosts at a waypoint. */
export const OF_WAYPOINTS: TreeCheck = { name: 'waypoints', problems: routesTakenAtWaypoints };

/**
 * Hosts of a waypoint whose calls other routes of its namespace would take: on a call to a host, waypoints try the VirtualServices of
 * their namespace that are for it, for names below it and for wildcards above it, whoever they were made for, in the order of their age.
 *
 * @see istio/istio, pilot/pkg/networking/core/listener_waypoint.go, getVirtualServiceForWaypoint
 */
function routesTakenAtWaypoints({ objects, marked }: Tree): string[] {
  const served = marked.filter(waypointHostOf);
  return [...betweenWaypoints(served), ...fromOthers(served, objects)];
}

function betweenWaypoints(served: IConstruct[]): string[] {
  const wildcards = served.filter((node) => waypointHostOf(node)!.host.startsWith('*.'));
  return wildcards.flatMap((wildcard) => {
    const above = waypointHostOf(wildcard)!;
    const below = served.find((node) => {
      const mark = waypointHostOf(node)!;
      return mark.namespace === above.namespace && mark.waypoint !== above.waypoint && isBelow(mark.host, above.host);
    });
    if (!below) return [];
    return describe('HostOnTwoExits', below, {
      what: `${waypointHostOf(below)!.host} is below ${above.host}, which another waypoint of the same namespace serves; Istio would use the routes of one for both`,
      given: paths([wildcard, below]),
      allowed: 'a wildcard and the hosts below it at one waypoint, or at waypoints of different namespaces',
      fix: 'use one waypoint for both, or put the waypoints in namespaces of their own',
    });
  });
}

/** VirtualServices of the namespace that lead its sidecars, or that somebody wrote by hand. */
function fromOthers(served: IConstruct[], objects: ApiObject[]): string[] {
  const namespaces = new Set(served.map((node) => waypointHostOf(node)!.namespace));
  return objects
    .filter(
      (object) =>
        object.kind === 'VirtualService' &&
        namespaces.has(object.metadata.namespace ?? '') &&
        !waypointHostOf(object.node.scope!),
    )
    .flatMap((object) => {
      const { gateways = [], hosts = [] } = object.toJson().spec ?? {};
      if (gateways.length > 0 && !gateways.includes('mesh')) return [];
      const taken = served.find((node) => {
        const { namespace, host } = waypointHostOf(node)!;
        return namespace === object.metadata.namespace && hosts.some((name: string) => overlap(name, host));
      });
      if (!taken) return [];
      return describe('ClientHopConflict', object, {
        what: `these routes are for sidecars of ${object.metadata.namespace}, and for a host that a waypoint of the same namespace serves, ${waypointHostOf(taken)!.host}; Istio would take the routes of one for both`,
        given: paths([object, taken]),
        allowed: 'one way to a host in the namespace of a waypoint',
        fix: 'declare the host through the waypoint alone, or put the waypoint in a namespace where no client runs',
      });
    });
}

function overlap(a: string, b: string): boolean {
  return a === b || isBelow(a, b) || isBelow(b, a);
}

function isBelow(host: string, wildcard: string): boolean {
  return host !== wildcard && wildcard.startsWith('*') && host.endsWith(wildcard.slice(1));
}
