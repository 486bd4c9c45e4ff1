import { Construct } from 'constructs';
import { VirtualServiceSpecHttpMatch } from '../../imports/networking.istio.io';
import { HttpPort } from '../destination/http-port';
import { EgressError } from '../errors';
import { authorityPattern, namePattern } from '../upstream/authorities';

/** Istio refuses longer ones. @see istio/istio, pkg/config/validation/validation.go, validateStringRegexp */
const LONGEST_PATTERN = 1024;

/**
 * The names that calls to a port of a host may say in their Host header.
 *
 * A waypoint knows hosts by their address. On calls to one it tries the VirtualServices of its namespace whose hosts the name is
 * below, and those of hosts below it, in the order of their age: the route of a wildcard would take the calls of a host below it,
 * and the other way round. So each route says whose calls it takes.
 *
 * @param below Hosts below it, if it is a wildcard, that are declared themselves
 * @see istio/istio, pilot/pkg/networking/core/listener_waypoint.go, getVirtualServiceForWaypoint
 */
export function namesCalled(host: string, { port }: HttpPort, below: string[]): VirtualServiceSpecHttpMatch {
  return {
    authority: { regex: authorityPattern(host, port) },
    withoutHeaders: below.length > 0 ? { ':authority': { regex: namesBelow(host, below) } } : undefined,
  };
}

/** Names below a wildcard can be left out of its routes only as far as Istio takes the list. @throws HostWildcard */
export function checkNamesBelow(scope: Construct, wildcard: string, below: string[]): void {
  if (namesBelow(wildcard, below).length <= LONGEST_PATTERN) return;
  throw new EgressError('HostWildcard', scope, {
    what: `too many hosts below ${wildcard} are declared on the same waypoint: its routes leave them out one by one, and Istio takes ${LONGEST_PATTERN} characters for that`,
    given: `${below.length} hosts below ${wildcard}`,
    allowed: `hosts whose names, without ${wildcard.slice(1)}, have about ${LONGEST_PATTERN} characters together`,
    fix: 'declare the wildcard, or the hosts below it, on a waypoint of another namespace',
  });
}

/** With any port: who names one of them means it. */
function namesBelow(wildcard: string, below: string[]): string {
  const domain = wildcard.slice(1);
  const names = [...below].sort().map((host) => namePattern(host.slice(0, -domain.length)));
  return `(?i)(${names.join('|')})${namePattern(domain)}(:.*)?`;
}
