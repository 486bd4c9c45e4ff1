import { upstreamProtocol } from '../destination/egress-port';
import { isWildcard } from '../destination/host-names';
import { HttpPort } from '../destination/http-port';

/** The Host header that a caller of a port sends. */
export function calledAuthority(host: string, { port }: HttpPort): string {
  return port === 80 ? host : `${host}:${port}`;
}

/** The Host header that the host knows itself by. */
export function ownAuthority(host: string, port: HttpPort): string {
  return port.upstreamPort === (upstreamProtocol(port) === 'TLS' ? 443 : 80) ? host : `${host}:${port.upstreamPort}`;
}

/** The Host headers of the calls that are let through: the port tells destinations of one host apart. */
export function authoritiesOf(host: string, port: number): string[] {
  return port === 80 ? [host, `${host}:80`] : [`${host}:${port}`];
}

/**
 * The Host headers that name a host and port, in any case: those that policies let through, and no others. Envoy finds a host's
 * routes by what stands before the last colon of the header, while a policy compares the whole text. Of `a.example:b.example`, the
 * route of `a.example` would be taken with the policy for `b.example`, if the route did not read the whole text as well.
 *
 * @see `ignore_port_in_host_matching` of Envoy's RouteConfiguration, which istiod sets on gateways
 */
export function authorityPattern(host: string, port: number): string {
  return `(?i)${namePattern(host)}${portPattern(port)}`;
}

/** What follows the name in the Host headers that name a port. */
const portPattern = (port: number) => (port === 80 ? '(:80)?' : `:${port}`);

/**
 * The same for the route of a gateway, which Envoy has found by the name: what stands before the colon is the host already, in
 * any case, so that only the rest is to be read. The gateway keeps a program for each pattern: one that spells the name takes three times
 * as much memory.
 */
export function foundAuthorityPattern(host: string, port: number): string {
  return isWildcard(host) ? authorityPattern(host, port) : `[^:]+${portPattern(port)}`;
}

/** The Host headers that name a host with any port or none, where nothing goes by the port. */
export function authorityOnAnyPort(host: string): string {
  return `(?i)${namePattern(host)}(:[0-9]{1,5})?`;
}

/** A host's name, or those below a wildcard, in the form of regular expressions. */
export function namePattern(host: string): string {
  const literal = (text: string) => text.replace(/\./g, '\\.');
  return isWildcard(host) ? `([\\w-]+\\.)+${literal(host.slice(2))}` : literal(host);
}
