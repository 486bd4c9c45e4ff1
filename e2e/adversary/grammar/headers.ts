/** Header lines besides those that every client writes, and what they mean. */

/** Lines of one request, names in the case in which they are sent. */
export interface HeaderForm {
  readonly lines: [name: string, value: string][];
  /**
   * `nothing`: the call is the same without them. `auditor`: its role is "auditor". `anything`: it may be refused for them, but no call
   * comes to more by them than without.
   */
  readonly means: 'nothing' | 'auditor' | 'anything';
}

const nothing = (...lines: HeaderForm['lines']): HeaderForm => ({ lines, means: 'nothing' });
const anything = (...lines: HeaderForm['lines']): HeaderForm => ({ lines, means: 'anything' });
const auditor = (...lines: HeaderForm['lines']): HeaderForm => ({ lines, means: 'auditor' });

const IDENTITY = (who: string) => {
  const [namespace, account] = who.split('/');
  return `By=spiffe://cluster.local/ns/istio-egress/sa/istio-egress;Hash=00;Subject="";URI=spiffe://cluster.local/ns/${namespace}/sa/${account}`;
};

/** What a role is called by, in every form that could be read as another value or another name. */
const roles: HeaderForm[] = [
  auditor(['X-Role', 'auditor']),
  auditor(['x-role', 'auditor']),
  auditor(['X-ROLE', 'auditor']),
  // Blanks around a value belong to no value of HTTP/1.1, and to no request of HTTP/2.
  anything(['X-Role', '  auditor ']),
  anything(['X-Role', 'guest']),
  anything(['X-Role', '']),
  anything(['X-Role', 'Auditor']),
  anything(['X-Role', 'auditor,root']),
  anything(['X-Role', 'root, auditor']),
  anything(['X-Role', 'auditor root']),
  anything(['X-Role', 'auditor\troot']),
  anything(['X-Role', '"auditor"']),
  anything(['X-Role', 'auditor;q=0.1']),
  anything(['X-Role', 'auditor'], ['X-Role', 'root']),
  anything(['X-Role', 'root'], ['X-Role', 'auditor']),
  anything(['X-Role', 'root'], ['x-ROLE', 'auditor']),
  anything(['X-Role', 'root,guest'], ['X-Role', 'auditor']),
  anything(['X_Role', 'auditor']),
  anything(['X-Role', 'root'], ['X_Role', 'auditor']),
  anything(['X-Role', 'auditor'], ['Connection', 'X-Role']),
];

/** What names another host, method or path, somebody else as caller, or orders a proxy about. */
const orders = (host: string, other: string, who: string): HeaderForm[] => [
  nothing(['X-Forwarded-Host', other]),
  nothing(['X-Forwarded-For', '10.45.0.1, 127.0.0.1']),
  nothing(['X-Forwarded-Proto', 'https']),
  nothing(['X-Forwarded-Port', '443']),
  nothing(['Forwarded', `host=${other};for=127.0.0.1;proto=https`]),
  nothing(['X-Host', other]),
  nothing(['X-Real-Ip', '127.0.0.1']),
  nothing(['X-Original-Url', '/admin']),
  nothing(['X-Rewrite-Url', '/admin']),
  nothing(['X-Http-Method-Override', 'DELETE']),
  nothing(['X-Method-Override', 'DELETE']),
  nothing(['x-envoy-original-path', '/admin']),
  nothing(['x-envoy-original-host', other]),
  nothing(['x-envoy-original-dst-host', `${other}:80`]),
  nothing(['x-envoy-internal', 'true']),
  nothing(['x-envoy-external-address', '127.0.0.1']),
  nothing(['x-envoy-peer-metadata-id', 'sidecar~10.244.0.1~x.pay~pay.svc.cluster.local']),
  nothing(['x-envoy-decorator-operation', `${other}:80/*`]),
  nothing(['x-istio-attributes', 'x']),
  anything(['x-envoy-upstream-alt-stat-name', other]),
  anything(['x-envoy-upstream-rq-timeout-ms', '1']),
  anything(['x-envoy-retry-on', '5xx'], ['x-envoy-max-retries', '3']),
  anything(['x-envoy-force-trace', 'true']),
  anything(['x-forwarded-client-cert', IDENTITY(who)]),
  anything(['X-Forwarded-Client-Cert', IDENTITY('pay/checkout')], ['X-Forwarded-Client-Cert', IDENTITY(who)]),
  anything(['Host', other]),
  anything(['Host', host], ['Host', other]),
  anything(['host', `${other}:80`]),
];

/** What belongs to one connection, and asks the next proxy to drop lines or to speak another way. */
const ofTheConnection = (other: string): HeaderForm[] => [
  anything(['Connection', 'Host']),
  anything(['Connection', 'close, X-Forwarded-Client-Cert, :authority']),
  anything(['Keep-Alive', 'timeout=5']),
  anything(['Proxy-Connection', 'keep-alive']),
  anything(['Proxy-Authorization', 'Basic eDp5']),
  anything(['TE', 'trailers']),
  anything(['TE', 'gzip, trailers;q=0.5'], ['Connection', 'TE']),
  anything(['Trailer', 'X-Role']),
  anything(['Upgrade', 'h2c'], ['Connection', 'Upgrade, HTTP2-Settings'], ['HTTP2-Settings', 'AAMAAABkAAQAAP__']),
  anything(['Upgrade', 'websocket'], ['Connection', 'Upgrade']),
  anything(['Upgrade', `TLS/1.2, ${other}`], ['Connection', 'Upgrade']),
  anything(['Expect', '100-continue']),
  anything(['X-Long', 'x'.repeat(8000)]),
];

/** Every form, of a caller's own call to a host beside another; the first is a call without any. */
export const headerForms = (host: string, other: string, who: string): HeaderForm[] => [
  nothing(),
  ...roles,
  ...orders(host, other, who),
  ...ofTheConnection(other),
];

/** The form in which a caller says what `X-Role` rules ask for. */
export const AS_AUDITOR = 1;
