import {
  DestinationRuleSpecSubsets,
  DestinationRuleSpecSubsetsTrafficPolicyConnectionPoolHttpH2UpgradePolicy as UpgradePolicy,
  DestinationRuleSpecSubsetsTrafficPolicyTlsMode as TlsMode,
  ServiceEntrySpecPorts,
  ServiceEntrySpecResolution,
  toJson_DestinationRuleSpec,
  toJson_ServiceEntrySpec,
} from '../../imports/networking.istio.io';
import { calledProtocol, httpPorts, ResolvedPort } from '../destination/egress-port';
import { isWildcard } from '../destination/host';
import { HttpPort } from '../destination/http-port';
import { Upstream } from '../destination/upstream';
import { UpstreamHttp } from '../destination/upstream-http';
import { mayBeReadUnasked } from '../exit/unasked-bytes';

const RESOLUTION = {
  DNS: ServiceEntrySpecResolution.DNS,
  DNS_ROUND_ROBIN: ServiceEntrySpecResolution.DNS_UNDERSCORE_ROUND_UNDERSCORE_ROBIN,
  STATIC: ServiceEntrySpecResolution.STATIC,
};

/**
 * The version of HTTP in a DestinationRule. HTTP/1.1 is said too, because a mesh can have HTTP/2 for everything (`h2UpgradePolicy`).
 * `useClientProtocol` offers the caller's version alone, in TLS as well.
 *
 * @see applyH2Upgrade and setUseDownstreamProtocol in istio/istio, pilot/pkg/networking/core
 */
const VERSION: Record<UpstreamHttp, { readonly h2UpgradePolicy?: any; readonly useClientProtocol?: boolean }> = {
  HTTP_1_1: { h2UpgradePolicy: UpgradePolicy.DO_UNDERSCORE_NOT_UNDERSCORE_UPGRADE },
  HTTP_2: { h2UpgradePolicy: UpgradePolicy.UPGRADE },
  AS_CALLED: { useClientProtocol: true },
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
 * in plaintext instead of failing.
 */
export function upstreamDestinationRule(host: string, upstream: Upstream, ports: HttpPort[], exportTo: string[]) {
  const { connectionLimits, outlierDetection } = upstream;
  const poolOf = ({ upstreamHttp }: HttpPort) => ({
    ...connectionLimits,
    http: { ...connectionLimits?.http, ...VERSION[upstreamHttp] },
  });
  const inSubsets = ports.map((port) => ({ port, name: subsetName(port, ports) }));
  // Without subsets there is one version for all.
  const plain = inSubsets.find(({ name }) => name === undefined)?.port;
  return toJson_DestinationRuleSpec({
    exportTo,
    host,
    trafficPolicy:
      plain || connectionLimits || outlierDetection
        ? { connectionPool: plain ? poolOf(plain) : connectionLimits, outlierDetection }
        : undefined,
    subsets:
      plain || ports.length === 0
        ? undefined
        : inSubsets.map(({ port, name }) => ({
            name: name!,
            trafficPolicy: { connectionPool: poolOf(port), tls: upstreamTls(host, port) },
          })),
  });
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

/** Whether there is anything to say of how to connect. */
export function needsDestinationRule(upstream: Upstream, ports: ResolvedPort[]): boolean {
  return Boolean(upstream.connectionLimits ?? upstream.outlierDetection) || ports.some(({ kind }) => kind === 'http');
}

/**
 * The subset for a port of a host; undefined where none of its HTTP ports originates TLS and all are called in one version of
 * HTTP, because each subset is one more cluster. Where one needs it all have one, else `istioctl analyze` takes the routes
 * without for a mistake (IST0140).
 */
export function subsetName({ port, upstreamHttp }: HttpPort, ports: ResolvedPort[]): string | undefined {
  const differs = (other: HttpPort) => other.tls !== undefined || other.upstreamHttp !== upstreamHttp;
  return httpPorts(ports).some(differs) ? `port-${port}` : undefined;
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
