import { calledAuthority, ownAuthority } from './authorities';
import { subsetName } from './destination-rule';
import { httpRoutes } from './http-routes';
import { isLookedUpPerCall } from './service-entry';
import { VirtualServiceSpec, VirtualServiceSpecHttpMatch } from '../../imports/networking.istio.io';
import { ResolvedHeaders } from '../destination/http-headers';
import { HttpPort } from '../destination/http-port';
import { Upstream } from '../destination/upstream';
import { Plain } from '../mesh/plain';
import { JudgedCalls, JudgedRoute } from '../policy/judged-calls';

const HERE = ['.'];

/** A host as callers name it, and where it really is. */
interface Called {
  readonly host: string;
  readonly upstreamHost: string;
  /** What its rules read of calls. */
  readonly calls?: JudgedCalls;
}

/** The routes of a gateway to a host that stands for itself. */
export function routesTo(host: string, port: HttpPort, ports: HttpPort[], match: VirtualServiceSpecHttpMatch) {
  return hostRoutes({ host, upstreamHost: host }, port, {
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
  return {
    exportTo: HERE,
    hosts: [host],
    http: ports.flatMap((port) =>
      hostRoutes({ host, upstreamHost: host, calls }, port, {
        match: { ...named(port), port: port.port },
        to: port.port,
        subset: whole ? undefined : subsetName(port, ports),
      }),
    ),
  } satisfies Plain<VirtualServiceSpec>;
}

/** The routes to a host on one port, for each way in which rules read its calls. */
export function hostRoutes(
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

/** The conditions of both, combined; undefined if neither has any. */
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
