import { DestinationRuleSpec, DestinationRuleSpecSubsets } from '../../imports/networking.istio.io';
import { httpPorts, ResolvedPort } from '../destination/egress-port';
import { isWildcard } from '../destination/host-names';
import { HttpPort, UpstreamHttp } from '../destination/http-port';
import { Upstream } from '../destination/upstream';
import { Plain } from '../mesh/plain';

type Settings = NonNullable<Plain<DestinationRuleSpecSubsets>['trafficPolicy']>;
type HttpSettings = NonNullable<Settings['connectionPool']>['http'];

/**
 * The version of HTTP in a DestinationRule. HTTP/1.1 is said too, because a mesh can have HTTP/2 for everything (`h2UpgradePolicy`).
 * `useClientProtocol` offers the caller's version alone, in TLS as well.
 *
 * @see applyH2Upgrade and setUseDownstreamProtocol in istio/istio, pilot/pkg/networking/core
 */
const VERSION: Record<UpstreamHttp, HttpSettings> = {
  HTTP_1_1: { h2UpgradePolicy: 'DO_NOT_UPGRADE' },
  HTTP_2: { h2UpgradePolicy: 'UPGRADE' },
  AS_CALLED: { useClientProtocol: true },
};

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
  return {
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
  } satisfies Plain<DestinationRuleSpec>;
}

/** Whether a host needs a DestinationRule. */
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

function upstreamTls(host: string, { tls }: HttpPort): Settings['tls'] {
  if (!tls) return undefined;
  // Below a wildcard Envoy asks for, and verifies, the name in the Host header; it does so only where neither is set.
  // With a server name of its own, that is what the certificate must carry: Istio checks no name where only it is set.
  const name = isWildcard(host) ? tls.sni : host;
  return {
    mode: tls.mode,
    credentialName: tls.credentialName,
    caCertificates: tls.credentialName === undefined ? 'system' : undefined,
    sni: tls.sni ?? name,
    subjectAltNames: tls.subjectAltNames ?? (name ? [name] : undefined),
  };
}
