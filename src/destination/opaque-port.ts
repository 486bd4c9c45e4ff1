import { Construct } from 'constructs';
import { checkPort } from './port-number';
import { Options } from '../options';

/** A port on which an application speaks TLS itself. */
export interface TlsPassthroughPortOptions {
  /**
   * Port that the application calls.
   * @default 443
   */
  readonly port?: number;

  /**
   * Port of the external host.
   * @default - the port that the application calls
   */
  readonly upstreamPort?: number;
}

/** The options of this struct, and the kind of value that each takes. */
export const TLS_PASSTHROUGH_PORT: Options<TlsPassthroughPortOptions> = { port: 'checked', upstreamPort: 'checked' };

/** A port on which an application speaks any protocol over TCP, whose bytes are forwarded as they are. */
export interface TcpPortOptions {
  /**
   * Port of the external host.
   * @default - the port that the application calls
   */
  readonly upstreamPort?: number;

  /**
   * Accepts that every workload of the mesh can read what the server sends by itself, for as long as the reader stays silent: a
   * greeting, or every row of a stream. Of a whole namespace at a gateway, and of any client at a waypoint, a policy decides who
   * calls, and Envoy asks it when the caller's first byte arrives. Nothing that a refused caller sends gets out. All declarations
   * of a host and port at an exit have to agree on it.
   * @default false - whole namespaces are refused at a gateway (UnaskedBytes), and a waypoint waits for the caller's first byte before
   *   it connects, so that servers which speak first are not heard
   */
  readonly anyoneInMeshMayReadWhatServerSendsUnasked?: boolean;
}

/** The options of this struct, and the kind of value that each takes. */
export const TCP_PORT: Options<TcpPortOptions> = {
  upstreamPort: 'checked',
  anyoneInMeshMayReadWhatServerSendsUnasked: 'flag',
};

/**
 * A checked opaque port: Istio carries it as TLS or TCP, and proxies forward its bytes without reading calls in them. The exit tells
 * hosts and ports apart by the server name of the mutual TLS in which a sidecar connects to it; for the kind "open", which has no
 * mutual TLS, by the server name of the application's own TLS.
 */
export interface OpaquePort {
  /**
   * How a sidecar recognises the host, and how it connects to the exit. "tls": by the server name of the application's own TLS, with
   * mutual TLS around it. "open": by the same server name, with nothing around the application's TLS, so that whoever reaches the exit
   * is let through. "tcp": by address and port, with mutual TLS around the connection.
   */
  readonly kind: 'tls' | 'open' | 'tcp';
  readonly port: number;
  readonly upstreamPort: number;
  readonly anyoneInMeshMayReadWhatServerSendsUnasked?: true;
}

/** @throws OutOfRange */
export function resolveOpaquePort(
  scope: Construct,
  kind: OpaquePort['kind'],
  options: TlsPassthroughPortOptions & TcpPortOptions & { readonly port: number },
): OpaquePort {
  const port = checkPort(scope, 'port', options.port);
  return {
    kind,
    port,
    upstreamPort: checkPort(scope, 'upstreamPort', options.upstreamPort ?? port),
    anyoneInMeshMayReadWhatServerSendsUnasked: options.anyoneInMeshMayReadWhatServerSendsUnasked || undefined,
  };
}
