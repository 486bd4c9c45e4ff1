import { CallResult, isAnswered } from './call';

/** What a call is expected to come to. What is not said is not looked at. */
export interface Expectation {
  /** Whether it arrives at an external server, and its answer comes back. A refused call must not be seen by any of them. */
  readonly outcome: 'allowed' | 'refused';
  /** The caller sees this status. */
  readonly status?: number;
  /** The caller sees this failure instead of a response. */
  readonly failure?: string | string[];
  /** The workloads whose proxies it passes after the caller's own, `namespace/name`; none means straight out. */
  readonly through?: readonly string[];
  /**
   * Who refuses: `sidecar`, `ztunnel`, the workload of a gateway, `namespace/name`, or `NetworkPolicy of namespace/name`, at the node's end
   * of that workload's network.
   */
  readonly by?: string;
  /** How it travels to the gateway. */
  readonly hop?: 'mutual' | 'plaintext';
  /** Whom the gateway takes the caller for, `namespace/service-account`. */
  readonly identity?: string;
  /** How it leaves the mesh. */
  readonly upstream?: 'tls' | 'plaintext';
  /** Who speaks TLS with the external server: `caller` end to end, or the workload `namespace/name` that originates it. */
  readonly tlsBy?: string;
  /**
   * What the outside sees of a refused call: nothing at all, a connection on which no byte arrives, or a TLS handshake that does not come
   * to its end. On a `connection` a server that speaks first may be heard, if it is quicker than the refusal; `greeting`: it must be;
   * `stream`: what a server sends by itself goes on reaching the caller. Never a request. @default nothing
   */
  readonly outside?: 'nothing' | 'connection' | 'greeting' | 'stream' | 'handshake';
  /** The client certificate's common name that the external server sees. */
  readonly clientCertificate?: string;
  /** The external server that it arrives at, by its first host. */
  readonly server?: string;
  /** The HTTP version in which it arrives there. */
  readonly http?: '1.1' | '2.0';
  /** `hidden`: the external server sees no header that the mesh made. */
  readonly meshHeaders?: 'hidden';
}

/** Headers that tell about the mesh: the caller's certificate and identity, pod addresses, workload names. */
const MESH_HEADERS =
  /^(x-forwarded-(client-cert|for|proto|host)|x-envoy-.*|x-b3-.*|b3|x-istio-.*|baggage|traceparent|tracestate)$/;

/** Names of headers from inside the mesh among those that an external server saw. */
export function meshHeadersIn(headers: Record<string, string> = {}): string[] {
  return Object.keys(headers).filter((name) => MESH_HEADERS.test(name));
}

const workloadOf = (pod: string) => pod.replace(/-\d+$/, '');

type Differ = (what: string, want: unknown, got: unknown) => void;

/** The workloads after the caller's own whose proxies handled the call. A waypoint logs the tunnel and what comes out of it: one hop. */
function gateways(result: CallResult): string[] {
  const pods = result.hops.filter(({ pod }) => pod !== result.pod).map(({ pod }) => pod);
  return pods.filter((pod, index) => pod !== pods[index - 1]).map(workloadOf);
}

function refusedBy(result: CallResult): string | undefined {
  if (result.dropped.length) return `NetworkPolicy of ${workloadOf(result.dropped[0].pod)}`;
  const last = result.hops.at(-1);
  if (!last) return undefined;
  return last.pod === result.pod ? result.ownProxy : workloadOf(last.pod);
}

/** Who agreed on TLS with the external server. */
function tlsBy(result: CallResult): string | undefined {
  const arrival = result.seen.find(({ tls }) => tls && !tls.failure);
  if (!arrival) return undefined;
  if (result.tls) return 'caller';
  const origin = result.hops.find(({ line }) => line.out === arrival.from)?.pod;
  return workloadOf(origin ?? result.pod);
}

function checkAllowed(expected: Expectation, result: CallResult, differ: Differ) {
  const arrival = result.seen.find((record) => record.call === result.id) ?? result.seen.at(-1);
  if (!isAnswered(result)) differ('outcome', 'allowed', result.failure ?? `status ${result.status}`);
  else if (!arrival) differ('outcome', 'seen by an external server', 'seen by none');
  if (expected.upstream) {
    differ('upstream', expected.upstream, arrival ? (arrival.tls ? 'tls' : 'plaintext') : 'nothing');
  }
  if (expected.tlsBy) differ('tlsBy', expected.tlsBy, tlsBy(result));
  if (expected.clientCertificate) differ('clientCertificate', expected.clientCertificate, arrival?.tls?.client);
  if (expected.server) differ('server', expected.server, arrival?.server);
  if (expected.http) differ('http', expected.http, arrival?.http);
  if (expected.meshHeaders) differ('meshHeaders', '', meshHeadersIn(arrival?.headers).join(', '));
  if (expected.through) differ('through', expected.through.join(', '), gateways(result).join(', '));
}

/** Bytes at most that a server sends before the caller's first byte can have been judged: more is a stream. */
const GREETING = 200;

/** How much of a call got outside. */
function outside({ seen, body, status, received = 0 }: CallResult): string {
  if (!seen.length) return 'nothing';
  if (seen.some(({ kind, tls }) => kind !== 'connection' || (tls && !tls.failure))) return 'a request or data';
  if (seen.some(({ bytes }) => bytes)) return 'handshake';
  if (received > GREETING) return 'stream';
  return body !== undefined && status === undefined ? 'greeting' : 'connection';
}

/** What the caller has of what servers said by themselves, where they said anything. */
function ofTheStream({ seen, received = 0 }: CallResult): string {
  const sent = seen.reduce((sum, record) => sum + (record.sent ?? 0), 0);
  return sent ? ` (the caller received ${received} of ${sent} bytes)` : '';
}

function checkRefused(expected: Expectation, result: CallResult, differ: Differ) {
  const got = outside(result);
  const isHeard = got === 'greeting' || got === 'stream';
  differ('outcome', 'refused', isAnswered(result) && !isHeard ? 'answered from outside' : 'refused');
  // The refusal waits for the caller's first byte, the greeting does not: which of them comes first is a matter of luck.
  const isHarmless = expected.outside === 'connection' && got === 'greeting';
  const wanted = expected.outside ?? 'nothing';
  if (!isHarmless && got !== wanted) differ('outside', wanted, `${got}${ofTheStream(result)}`);
  if (expected.by) differ('by', expected.by, refusedBy(result));
}

/** How a call differs from what was expected, one line each; none when it does not. */
export function differences(expected: Expectation, result: CallResult): string[] {
  const found: string[] = [];
  const differ: Differ = (what, want, got) => {
    if (want !== got) found.push(`${what}: expected ${want || 'none'}, got ${got || 'none'}`);
  };
  if (expected.outcome === 'allowed') checkAllowed(expected, result, differ);
  else checkRefused(expected, result, differ);
  if (expected.status !== undefined) differ('status', expected.status, result.status ?? result.failure);
  if (expected.failure !== undefined) {
    const allowed = [expected.failure].flat();
    if (!allowed.includes(result.failure ?? '')) {
      differ('failure', allowed.join(' or '), result.failure ?? `status ${result.status}`);
    }
  }
  const gateway = result.hops.find(({ pod }) => pod !== result.pod)?.line;
  const peer = gateway?.peer ?? gateway?.principal;
  if (expected.hop) differ('hop', expected.hop, gateway ? (peer ? 'mutual' : 'plaintext') : 'no gateway');
  if (expected.identity) {
    const [namespace, account] = expected.identity.split('/');
    differ('identity', `spiffe://cluster.local/ns/${namespace}/sa/${account}`, peer);
  }
  return found;
}
