/** A call that an application makes. */
export interface Call {
  /** Goes along in the header `x-bed-call`, by which the logs on the way and the external server know it. */
  readonly id: string;
  /** `http`, `https`, `ws`, `wss`, `grpc`, `grpcs`, `tcp`, `tls` or `udp`. The last three send `body` and read what comes back. */
  readonly url: string;
  /** Path and query as they are sent, where they shall not be read as those of a URL. @default - those of the URL */
  readonly target?: string;
  /** @default GET */
  readonly method?: string;
  readonly headers?: Record<string, string>;
  /** Header lines besides, as they are: names in any case, and several of one name. HTTP/2 has no such lines of the connection. */
  readonly lines?: [name: string, value: string][];
  readonly body?: string;
  /** Sends so many bytes as body instead. */
  readonly upload?: number;
  /** For `tcp` and `tls`: sends nothing, and reads what the server says by itself for so many milliseconds. */
  readonly listen?: number;
  /** @default 1.1 */
  readonly http?: '1.1' | '2';
  /** Where to connect instead of the URL's host and port. */
  readonly connectTo?: { host: string; port?: number };
  /** Server name of TLS, where it shall not be the URL's host. */
  readonly sni?: string;
  /** Authorities that the caller trusts, PEM. @default - the public one of the bed */
  readonly ca?: string;
  /** Milliseconds. @default 10000 */
  readonly timeout?: number;
}

/**
 * How a call failed: name not found, connection refused, reset by the other side or closed without an answer, no answer in time, TLS not
 * agreed upon.
 */
export type Failure = 'dns' | 'refused' | 'reset' | 'closed' | 'timeout' | 'tls' | 'other';

/** What came of a call, as its caller saw it. */
export interface Answer {
  /** Set when there was a response. */
  readonly status?: number;
  readonly http?: string;
  readonly headers?: Record<string, string>;
  readonly trailers?: Record<string, string>;
  readonly body?: string;
  /** Bytes that came on a `tcp` or `tls` connection. */
  readonly received?: number;
  /** Set when the caller itself spoke TLS. */
  readonly tls?: { readonly subject?: string; readonly issuer?: string };
  readonly failure?: Failure;
  readonly message?: string;
  /** The caller's side of its connection, `address:port`. */
  readonly from?: string;
  /** The other side of it: a proxy's capture does not change what the caller sees. */
  readonly to?: string;
}

/** Sorts an error of Node's network modules into a kind of failure. */
export function failureOf(error: NodeJS.ErrnoException): Failure {
  const { code = '', message } = error;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'dns';
  if (code === 'ECONNREFUSED' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'refused';
  if (code === 'BED_TIMEOUT' || code === 'ETIMEDOUT') return 'timeout';
  if (code === 'BED_CLOSED' || /before secure TLS connection/.test(message)) return 'closed';
  if (code === 'ECONNRESET' || code === 'EPIPE' || /ERR_HTTP2_(STREAM|SESSION)/.test(code)) return 'reset';
  if (/^(ERR_TLS|ERR_SSL|EPROTO|CERT_|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO)/.test(code)) return 'tls';
  return 'other';
}

/** An error with one of the bed's own codes. */
export function bedError(code: 'BED_TIMEOUT' | 'BED_CLOSED', message: string): Error {
  return Object.assign(new Error(message), { code });
}
