import { IConstruct } from 'constructs';
import { paths } from './clashes';
import { clientRouteOf, ExitHostMark, waypointHostOf } from './marks';
import { describe } from '../errors';

/**
 * Hosts of a waypoint whose calls other routes of its namespace would take: on a call to a host, waypoints try the VirtualServices of
 * their namespace that are for it, for names below it and for wildcards above it, whoever they were made for, in the order of their age.
 *
 * @see istio/istio, pilot/pkg/networking/core/listener_waypoint.go, getVirtualServiceForWaypoint
 */
export function routesTakenAtWaypoints(nodes: IConstruct[]): string[] {
  const served = nodes.filter(waypointHostOf);
  if (served.length === 0) return [];
  return [...betweenWaypoints(served), ...fromClients(served, nodes)];
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

function fromClients(served: IConstruct[], nodes: IConstruct[]): string[] {
  return nodes.flatMap((node) => {
    const led = clientRouteOf(node);
    const taken =
      led && served.find((host) => led.hosts.some((name) => isSame(waypointHostOf(host)!, led.namespace, name)));
    if (!taken) return [];
    return describe('ClientHopConflict', node, {
      what: `calls of sidecars in ${led.namespace} are led to a host that a waypoint of the same namespace serves, ${waypointHostOf(taken)!.host}; Istio would use the routes of one for both`,
      given: paths([node, taken]),
      allowed: 'one way to a host in the namespace of a waypoint',
      fix: 'declare the host through the waypoint alone, or put the waypoint in a namespace where no client runs',
    });
  });
}

/** Whether routes for a host of a namespace are routes for the waypoint's as well. */
function isSame(served: ExitHostMark, namespace: string, host: string): boolean {
  return (
    served.namespace === namespace && (served.host === host || isBelow(served.host, host) || isBelow(host, served.host))
  );
}

function isBelow(host: string, wildcard: string): boolean {
  return host !== wildcard && wildcard.startsWith('*.') && host.endsWith(wildcard.slice(1));
}
