import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { HttpHeaderRules, ResolvedHeaders, resolveHeaders } from './http-headers';
import { checkRetries, HttpRetries, ResolvedRetries } from './http-retries';
import { checkDuration } from './numbers';
import { checkPort } from './port-number';

import { checkTls, ResolvedTls, UpstreamTls } from './upstream-tls';
import { checkEnum, Options } from '../options';

/**
 * The version of HTTP in which an exit calls an external host. Istio has no setting with which a proxy offers both and takes the
 * one that the host chooses.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#ConnectionPoolSettings-HTTPSettings
 */
export enum UpstreamHttp {
  /** HTTP/1.1, whichever version the caller speaks. Carries WebSocket; does not carry gRPC. */
  HTTP_1_1 = 'HTTP_1_1',

  /**
   * HTTP/2, whichever version the caller speaks: for gRPC, and for hosts that speak nothing else. Does not carry WebSocket, and
   * every call to a host that speaks HTTP/1.1 alone gets 502 or 503.
   */
  HTTP_2 = 'HTTP_2',

  /**
   * The caller's own version: for hosts that speak both, and are called by gRPC as well as WebSocket. A caller with HTTP/2 gets
   * 502 or 503 from a host that speaks HTTP/1.1 alone, and a caller with HTTP/1.1 from one that speaks HTTP/2 alone.
   */
  AS_CALLED = 'AS_CALLED',
}

/** A port on which an application speaks plain HTTP: HTTP/1.1, HTTP/2 or WebSocket, and with `upstreamHttp` gRPC. */
export interface HttpPortOptions {
  /**
   * Port that the application calls.
   * @default 80
   */
  readonly port?: number;

  /**
   * How long the external host may take for its whole response, after which the caller gets 504. From 1 ms.
   * @default - no limit
   */
  readonly timeout?: Duration;

  /**
   * What is sent again after a failure.
   * @default HttpRetries.none()
   */
  readonly retries?: HttpRetries;

  /**
   * In which version of HTTP the exit calls the external host. gRPC needs HTTP/2; how the application calls the exit is kept on
   * the way there, whatever is said here.
   * @default UpstreamHttp.HTTP_1_1
   */
  readonly upstreamHttp?: UpstreamHttp;

  /**
   * Headers to change on the way.
   * @default - the mesh's own request headers are removed, nothing else changes
   */
  readonly headers?: HttpHeaderRules;

  /**
   * Headers of the mesh that the external host shall receive nevertheless, as "x-request-id". Each tells it something about
   * the caller.
   * @default - none
   */
  readonly keepMeshHeaders?: string[];
}

/** The options of this struct, and the kind of value that each takes. */
export const HTTP_PORT: Options<HttpPortOptions> = {
  port: 'checked',
  timeout: 'checked',
  retries: 'checked',
  headers: 'checked',
  keepMeshHeaders: 'texts',
  upstreamHttp: 'checked',
};

/** A port on which an application speaks plain HTTP and the exit TLS to the external host. */
export interface TlsOriginationPortOptions extends HttpPortOptions {
  /**
   * Port of the external host that speaks TLS.
   * @default 443
   */
  readonly upstreamPort?: number;

  /**
   * How the exit speaks TLS.
   * @default UpstreamTls.simple()
   */
  readonly tls?: UpstreamTls;
}

/** The options of this struct, and the kind of value that each takes. */
export const TLS_ORIGINATION_PORT: Options<TlsOriginationPortOptions> = {
  ...HTTP_PORT,
  upstreamPort: 'checked',
  tls: 'checked',
};

/** A checked port on which the application speaks HTTP. */
export interface HttpPort {
  readonly kind: 'http';
  /** As the application calls it. */
  readonly port: number;
  /** As the exit calls it. */
  readonly upstreamPort: number;
  /** How the exit speaks TLS; undefined for plain HTTP. */
  readonly tls?: ResolvedTls;
  readonly upstreamHttp: UpstreamHttp;
  /** In the form of a VirtualService. */
  readonly timeout?: string;
  /** Undefined where nothing is sent twice. */
  readonly retries?: ResolvedRetries;
  readonly headers: ResolvedHeaders;
}

/** Whether calls are sent on without TLS and in HTTP/1.1, as Istio sends them to a name that it looks up when a call comes. */
export function isSentOnPlainly({ tls, upstreamHttp }: HttpPort): boolean {
  return tls === undefined && upstreamHttp === UpstreamHttp.HTTP_1_1;
}

/**
 * @param namespace Of the gateway that connects
 * @throws OutOfRange, WrongType and what headers, retries and TLS can throw
 */
export function resolveHttpPort(
  scope: Construct,
  options: HttpPortOptions,
  upstream: { readonly tls?: UpstreamTls; readonly port?: number },
  namespace: string,
): HttpPort {
  const port = checkPort(scope, 'port', options.port ?? 80);
  return {
    kind: 'http',
    port,
    upstreamPort: checkPort(scope, 'upstreamPort', upstream.port ?? port),
    tls: upstream.tls === undefined ? undefined : checkTls(scope, upstream.tls, namespace),
    upstreamHttp: checkEnum(scope, 'upstreamHttp', options.upstreamHttp ?? UpstreamHttp.HTTP_1_1, [
      'UpstreamHttp',
      UpstreamHttp,
    ]),
    timeout: options.timeout === undefined ? undefined : checkDuration(scope, 'timeout', options.timeout),
    retries: options.retries === undefined ? undefined : checkRetries(scope, options.retries),
    headers: resolveHeaders(scope, options.headers, options.keepMeshHeaders),
  };
}
