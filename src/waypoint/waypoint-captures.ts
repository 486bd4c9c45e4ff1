import { WaypointHost } from './waypoint-host';
import { EgressError } from '../errors';
import { Declaration } from '../exit/declaration';

/**
 * The addresses at which applications connect to a host. ztunnel knows one host by an address, whatever the port; calls to an
 * address that it does not know go straight out.
 *
 * @throws ExitCannotCarry, CaptureConflict
 */
export function checkWaypointAddresses(hops: WaypointHost[], { scope, hosts, addresses = [] }: Declaration): void {
  const range = addresses.find((address) => address.includes('/'));
  if (range !== undefined) {
    throw new EgressError('ExitCannotCarry', scope, {
      what: 'Istio takes ranges of addresses only for hosts that it need not look up, and ztunnel knows them only in newer versions',
      given: range,
      allowed: 'single IP addresses; or none, because ztunnel answers DNS, so that calls by name need none',
      fix: 'leave `addresses` out, or list those that applications call by number',
    });
  }
  const taken = addresses.find((address) => hops.some((hop) => !hosts.includes(hop.host) && hop.takes(address)));
  if (taken !== undefined) {
    throw new EgressError('CaptureConflict', scope, {
      what: 'two hosts of one waypoint have an address in common, by which ztunnel would know only one of them',
      given: taken,
      allowed: 'addresses that tell a host apart',
      fix: 'give each host addresses of its own, or leave `addresses` out: ztunnel answers DNS',
    });
  }
}
