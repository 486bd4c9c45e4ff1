import {
  DestinationRuleSpecSubsets,
  DestinationRuleSpecSubsetsTrafficPolicyTlsMode as TlsMode,
  ServiceEntrySpecPorts,
  ServiceEntrySpecResolution,
  toJson_DestinationRuleSpec,
  toJson_ServiceEntrySpec,
} from '../../imports/networking.istio.io';
import { httpPorts, ResolvedPort, upstreamProtocol } from '../destination/egress-port';
import { isWildcard } from '../destination/host';
import { HttpPort } from '../destination/http-port';
import { Upstream } from '../destination/upstream';

const RESOLUTION = {
  DNS: ServiceEntrySpecResolution.DNS,
  DNS_ROUND_ROBIN: ServiceEntrySpecResolution.DNS_UNDERSCORE_ROUND_UNDERSCORE_ROBIN,
  STATIC: ServiceEntrySpecResolution.STATIC,
};

/** Where an external host is, for whoever connects to it. Names below a wildcard are looked up when a call comes. */
export function upstreamServiceEntry(
  host: string,
  upstream: Upstream,
  ports: ServiceEntrySpecPorts[],
  { exportTo, addresses }: { readonly exportTo: string[]; readonly addresses?: string[] },
) {
  return toJson_ServiceEntrySpec({
    exportTo,
    hosts: [host],
    addresses,
    ports,
    resolution: isLookedUpPerCall(host, upstream)
      ? ServiceEntrySpecResolution.DYNAMIC_UNDERSCORE_DNS
      : RESOLUTION[upstream.resolution],
    endpoints: upstream.endpoints,
  });
}

/**
 * Names below a wildcard whose server is not said. Istio makes no subsets of them, and with a DestinationRule about HTTP Envoy
 * takes none of the sidecar's clusters any more.
 */
export function isLookedUpPerCall(host: string, { endpoints }: Upstream): boolean {
  return isWildcard(host) && !endpoints;
}

/**
 * How to connect to an external host; undefined if there is nothing to say. TLS stands in subsets: at the top it would also
 * wrap what an application has encrypted itself, and without the rule, in whatever order objects come and go, calls would leave
 * in plaintext instead of failing. The protocol follows the client's, else gRPC would arrive as HTTP/1.1.
 */
export function upstreamDestinationRule(host: string, upstream: Upstream, ports: HttpPort[], exportTo: string[]) {
  const { connectionLimits, outlierDetection } = upstream;
  const forHttp = { ...connectionLimits, http: { ...connectionLimits?.http, useClientProtocol: true } };
  const inSubsets = ports.map((port) => ({ port, name: subsetName(port, ports) }));
  const isPlain = inSubsets.some(({ name }) => name === undefined);
  return toJson_DestinationRuleSpec({
    exportTo,
    host,
    trafficPolicy:
      isPlain || connectionLimits || outlierDetection
        ? { connectionPool: isPlain ? forHttp : connectionLimits, outlierDetection }
        : undefined,
    subsets:
      isPlain || ports.length === 0
        ? undefined
        : inSubsets.map(({ port, name }) => ({
            name: name!,
            trafficPolicy: { connectionPool: forHttp, tls: upstreamTls(host, port) },
          })),
  });
}

/** A port as callers know it; its proxy connects to the host's own. */
export function calledPort(port: ResolvedPort): ServiceEntrySpecPorts {
  const { kind, port: number, upstreamPort } = port;
  return {
    name: `${kind}-${number}`,
    number,
    protocol: kind === 'http' ? 'HTTP' : upstreamProtocol(port),
    targetPort: upstreamPort === number ? undefined : upstreamPort,
  };
}

/**
 * A TCP port at a waypoint. Istio has a waypoint wait for the caller's first bytes on ports of TLS alone, and takes other bytes there
 * too. On a port of TCP it would connect at once and decide about the caller later, with his first byte: until then, whoever
 * stays silent would read what a server that speaks first sends.
 *
 * @see istio/istio, pilot/pkg/networking/core/listener_waypoint.go, tlsInspector
 */
export function waitingPort(port: ServiceEntrySpecPorts): ServiceEntrySpecPorts {
  return port.protocol === 'TCP' ? { ...port, protocol: 'TLS' } : port;
}

/** Whether there is anything to say of how to connect. */
export function needsDestinationRule(upstream: Upstream, ports: ResolvedPort[]): boolean {
  return Boolean(upstream.connectionLimits ?? upstream.outlierDetection) || ports.some(({ kind }) => kind === 'http');
}

/**
 * The subset for a port of a host; undefined where none of its HTTP ports originates TLS, because each subset is one more
 * cluster. Where one does all have one, else `istioctl analyze` takes the routes without for a mistake (IST0140).
 */
export function subsetName({ port }: HttpPort, ports: ResolvedPort[]): string | undefined {
  return httpPorts(ports).some(({ tls }) => tls) ? `port-${port}` : undefined;
}

function upstreamTls(host: string, { tls }: HttpPort): NonNullable<DestinationRuleSpecSubsets['trafficPolicy']>['tls'] {
  if (!tls) return undefined;
  // Below a wildcard Envoy asks for, and verifies, the name in the Host header; it does so only where neither is set.
  // With a server name of its own, that is what the certificate must carry: Istio checks no name where only it is set.
  const name = isWildcard(host) ? tls.sni : host;
  return {
    mode: TlsMode[tls.mode],
    credentialName: tls.credentialName,
    caCertificates: tls.credentialName === undefined ? 'system' : undefined,
    sni: tls.sni ?? name,
    subjectAltNames: tls.subjectAltNames ?? (name ? [name] : undefined),
  };
}
