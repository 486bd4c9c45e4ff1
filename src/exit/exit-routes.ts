import { GatewayHandle } from './gateway-handle';
import { calledAuthority, ownAuthority } from './gateway-limits';
import { ServedHost } from './gateway-servers';
import { httpRoutes } from './http-routes';
import { isLookedUpPerCall, subsetName } from './upstream-manifests';
import {
  toJson_VirtualServiceSpec,
  VirtualServiceSpecHttpMatch,
  VirtualServiceSpecTcpRouteDestination,
} from '../../imports/networking.istio.io';
import { httpPorts, opaquePorts } from '../destination/egress-port';
import { isWildcard } from '../destination/host';
import { ResolvedHeaders } from '../destination/http-headers';
import { HttpPort } from '../destination/http-port';
import { Upstream } from '../destination/upstream';
import { JudgedCalls, JudgedRoute } from '../policy/judged-calls';

const HERE = ['.'];

/** A host as callers name it, and where it really is. */
type Called = Pick<ServedHost, 'host' | 'upstreamHost' | 'calls'>;

/** The routes from a gateway to a host by what the calls say of themselves: the Host header, or the server name of their TLS. */
export function exitRoutes(gateway: GatewayHandle, served: ServedHost) {
  const { host, ports } = served;
  const http = httpPorts(ports);
  const open = opaquePorts(ports).filter(({ identified }) => !identified);
  return toJson_VirtualServiceSpec({
    exportTo: HERE,
    gateways: [gateway.exitName],
    hosts: [host],
    http: http.length > 0 ? http.flatMap((port) => exitRoute(served, port, http)) : undefined,
    tls: open.length > 0 ? open.map((port) => openRoute(gateway, served, port.upstreamPort)) : undefined,
  });
}

/** The route of a port whose bytes are not read: everything that asked for one of its server names. */
export function opaqueRoute(
  gateway: GatewayHandle,
  serverNames: string[],
  destination: VirtualServiceSpecTcpRouteDestination,
) {
  return toJson_VirtualServiceSpec({
    exportTo: HERE,
    gateways: [gateway.exitName],
    hosts: serverNames,
    // The hop's TLS ends at the gateway, so that this is TCP, whatever is inside.
    tcp: [{ match: [{ port: gateway.opaque.port }], route: [{ destination }] }],
  });
}

/** The routes of a gateway to a host that stands for itself. */
export function routesTo(host: string, port: HttpPort, ports: HttpPort[], match: VirtualServiceSpecHttpMatch) {
  return httpRoute({ host, upstreamHost: host }, port, {
    match,
    to: port.upstreamPort,
    subset: subsetName(port, ports),
  });
}

/** What a call must be like besides, to be sent straight to a host. */
interface DirectCalls {
  /** What rules read of calls. @default - nothing */
  readonly calls?: JudgedCalls;
  /** How a call must name the host. @default - anyhow: a sidecar has asked for the host's name when it comes to these routes */
  readonly named?: (port: HttpPort) => VirtualServiceSpecHttpMatch;
}

/** The routes of a sidecar or a waypoint straight to a host, by the ports that applications call. */
export function directRoutes(
  host: string,
  ports: HttpPort[],
  upstream: Upstream,
  { calls, named = () => ({}) }: DirectCalls = {},
) {
  const whole = isLookedUpPerCall(host, upstream);
  return toJson_VirtualServiceSpec({
    exportTo: HERE,
    hosts: [host],
    http: ports.flatMap((port) =>
      httpRoute({ host, upstreamHost: host, calls }, port, {
        match: { ...named(port), port: port.port },
        to: port.port,
        subset: whole ? undefined : subsetName(port, ports),
      }),
    ),
  });
}

function openRoute(gateway: GatewayHandle, { host, upstreamHost }: ServedHost, upstreamPort: number) {
  return {
    match: [{ port: gateway.opaque.port, sniHosts: [host] }],
    route: [{ destination: { host: upstreamHost, port: { number: upstreamPort } } }],
  };
}

function exitRoute(served: ServedHost, port: HttpPort, ports: HttpPort[]) {
  const match = { authority: { regex: authorityPattern(served.host, port.port) } };
  return httpRoute(served, port, { match, to: port.upstreamPort, subset: subsetName(port, ports) });
}

function httpRoute(
  { host, upstreamHost, calls }: Called,
  port: HttpPort,
  { match, to, subset }: { match?: VirtualServiceSpecHttpMatch; to: number; subset?: string },
) {
  const judged = calls?.routes ?? [{ match: {}, set: {} }];
  return judged.flatMap((route) => {
    return httpRoutes(
      {
        match: bothMatch(match, route.match),
        rewrite: authorityRewrite(calledAuthority(host, port), ownAuthority(upstreamHost, port)),
        destination: { host: upstreamHost, port: { number: to }, subset },
        headers: judgedHeaders(port.headers, route.set, calls?.removedHeaders),
        timeout: port.timeout,
      },
      port.retries,
      'connect-failure,refused-stream,reset,gateway-error',
    );
  });
}

/** What both ask for, and nothing that either leaves out; undefined if neither says anything. */
function bothMatch(
  called: VirtualServiceSpecHttpMatch = {},
  judged: JudgedRoute['match'],
): VirtualServiceSpecHttpMatch | undefined {
  const leftOut = { ...called.withoutHeaders, ...judged.withoutHeaders };
  const withoutHeaders = Object.keys(leftOut).length > 0 ? leftOut : undefined;
  const both = { ...called, ...judged, ...(withoutHeaders && { withoutHeaders }) };
  return Object.keys(both).length > 0 ? both : undefined;
}

/** What is said of a header on the port itself comes last: policies have judged by then. */
function judgedHeaders({ request, response }: ResolvedHeaders, set: JudgedRoute['set'], removed: string[] = []) {
  const remove = request.remove ?? [];
  const kept = Object.entries(set).filter(([name]) => !remove.includes(name));
  const all = { ...Object.fromEntries(kept), ...request.set };
  return {
    request: {
      ...request,
      set: Object.keys(all).length > 0 ? all : undefined,
      remove: [...new Set([...remove, ...removed])],
    },
    response,
  };
}

/** The host must read its own name and port in the Host header, not those that the application called. */
function authorityRewrite(called: string, own: string): { authority: string } | undefined {
  return called === own ? undefined : { authority: own };
}

/**
 * The Host headers that name a host and port, in any case: those that policies let through, and no others. Envoy finds a host's
 * routes by what stands before the last colon of the header, while a policy compares the whole text. Of `a.example:b.example`, the
 * route of `a.example` would be taken with the policy for `b.example`, if the route did not read the whole text as well.
 *
 * @see `ignore_port_in_host_matching` of Envoy's RouteConfiguration, which istiod sets on gateways
 */
export function authorityPattern(host: string, port: number): string {
  return `(?i)${namePattern(host)}${port === 80 ? '(:80)?' : `:${port}`}`;
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
