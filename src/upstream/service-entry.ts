import { ServiceEntrySpecPorts, ServiceEntrySpec } from '../../imports/networking.istio.io';
import { calledProtocol, ResolvedPort } from '../destination/egress-port';
import { isWildcard } from '../destination/host-names';
import { Upstream } from '../destination/upstream';
import { mayBeReadUnasked } from '../exit/unasked-bytes';
import { Plain } from '../mesh/plain';

/** Where an external host is, for whoever connects to it. Names below a wildcard are looked up when a call comes. */
export function upstreamServiceEntry(
  host: string,
  upstream: Upstream,
  ports: ServiceEntrySpecPorts[],
  { exportTo, addresses }: { readonly exportTo: string[]; readonly addresses?: string[] },
) {
  return {
    exportTo,
    hosts: [host],
    addresses,
    ports,
    resolution: isLookedUpPerCall(host, upstream) ? 'DYNAMIC_DNS' : upstream.resolution,
    endpoints: upstream.endpoints,
  } satisfies Plain<ServiceEntrySpec>;
}

/**
 * Names below a wildcard whose server is not said. Istio makes no subsets of them, and with a DestinationRule about HTTP Envoy
 * takes none of the sidecar's clusters any more.
 */
export function isLookedUpPerCall(host: string, { endpoints }: Upstream): boolean {
  return isWildcard(host) && !endpoints;
}

/**
 * A port as callers know it, with the host's own number as the target. A port of the host's own number would let them call it past
 * the rules of this one.
 */
export function calledPort(port: ResolvedPort): ServiceEntrySpecPorts {
  const { port: number, upstreamPort } = port;
  const protocol = calledProtocol(port);
  return {
    name: `${protocol.toLowerCase()}-${number}`,
    number,
    protocol,
    targetPort: upstreamPort === number ? undefined : upstreamPort,
  };
}

/**
 * The ports of a host as a waypoint has to know them. Istio has a waypoint wait for the caller's first bytes on ports of TLS
 * alone, and takes other bytes there too. On a port of TCP it would connect at once and decide about the caller later, with its
 * first byte: until then, whoever stays silent would read what a server that speaks first sends.
 *
 * @param declared The host's ports, some of which may say that this is accepted
 * @see istio/istio, pilot/pkg/networking/core/listener_waypoint.go, tlsInspector
 */
export function waitingPorts(ports: ServiceEntrySpecPorts[], declared: ResolvedPort[]): ServiceEntrySpecPorts[] {
  const heard = declared.filter(mayBeReadUnasked).flatMap(({ port, upstreamPort }) => [port, upstreamPort]);
  const waits = ({ protocol, number }: ServiceEntrySpecPorts) => protocol === 'TCP' && !heard.includes(number);
  return ports.map((port) => (waits(port) ? { ...port, protocol: 'TLS' } : port));
}
