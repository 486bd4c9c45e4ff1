import { Construct } from 'constructs';
import { EgressError } from '../errors';
import { OF_THE_CONNECTION, UNWRITABLE } from '../header-names';
import { checkOptions, Options } from '../options';

/** Headers that the exit changes on the way out and on the way back. Names are case-insensitive, values are literal. */
export interface HttpHeaderRules {
  /**
   * Request headers to set, replacing what the application sent.
   * @default - none
   */
  readonly requestSet?: { [name: string]: string };
  /**
   * Request headers to add to what the application sent.
   * @default - none
   */
  readonly requestAdd?: { [name: string]: string };
  /**
   * Request headers to remove, besides the mesh's own.
   * @default - none
   */
  readonly requestRemove?: string[];
  /**
   * Response headers to set, replacing what the external host sent.
   * @default - none
   */
  readonly responseSet?: { [name: string]: string };
  /**
   * Response headers to add to what the external host sent.
   * @default - none
   */
  readonly responseAdd?: { [name: string]: string };
  /**
   * Response headers to remove.
   * @default - none
   */
  readonly responseRemove?: string[];
}

const RULES: Options<HttpHeaderRules> = {
  requestSet: 'map',
  requestAdd: 'map',
  requestRemove: 'texts',
  responseSet: 'map',
  responseAdd: 'map',
  responseRemove: 'texts',
};

/** Envoy takes orders from these: retries, timeouts, where to. To remove them is safe. */
const OF_ENVOY = /^x-envoy-/;

/**
 * What sidecars and gateways add to a request. A third party must not learn the caller's certificate and identity, pod
 * addresses, or how the mesh is built.
 */
export const MESH_HEADERS = [
  'x-envoy-attempt-count',
  'x-envoy-decorator-operation',
  'x-envoy-expected-rq-timeout-ms',
  'x-envoy-external-address',
  'x-envoy-internal',
  'x-envoy-original-host',
  'x-envoy-original-path',
  'x-envoy-peer-metadata',
  'x-envoy-peer-metadata-id',
  'x-forwarded-client-cert',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-request-id',
];

/** Header operations in the form of a VirtualService. */
export interface ResolvedHeaders {
  readonly request: HeaderOperations;
  readonly response?: HeaderOperations;
}

interface HeaderOperations {
  readonly set?: { [name: string]: string };
  readonly add?: { [name: string]: string };
  readonly remove?: string[];
}

/**
 * The header operations of one port: the user's, and the removal of the mesh's own.
 * @throws HeaderSyntax
 */
export function resolveHeaders(scope: Construct, given: HttpHeaderRules = {}, keep: string[] = []): ResolvedHeaders {
  const rules = checkOptions(scope, given, RULES);
  const kept = new Set(keep.map((name) => name.toLowerCase()));
  const unknown = [...kept].find((name) => !MESH_HEADERS.includes(name));
  if (unknown !== undefined) {
    throw new EgressError('HeaderSyntax', scope, {
      what: '`keepMeshHeaders` names a header that is not removed anyway',
      given: unknown,
      allowed: MESH_HEADERS.join(', '),
      fix: 'leave it out',
    });
  }
  const { requestSet, requestAdd, requestRemove, responseSet, responseAdd, responseRemove } = rules;
  const meshHeaders = MESH_HEADERS.filter((name) => !kept.has(name));
  const response = operations(scope, responseSet, responseAdd, checkNames(scope, responseRemove));
  return {
    request: operations(scope, requestSet, requestAdd, [...meshHeaders, ...checkNames(scope, requestRemove)]),
    response: Object.values(response).some(Boolean) ? response : undefined,
  };
}

type Headers = { [name: string]: string };

function operations(
  scope: Construct,
  set: Headers | undefined,
  add: Headers | undefined,
  remove: string[],
): HeaderOperations {
  const names = [...new Set(remove)];
  return { set: values(scope, set), add: values(scope, add), remove: names.length > 0 ? names : undefined };
}

const checkNames = (scope: Construct, names: string[] = []) => names.map((name) => checkName(scope, name));

function values(scope: Construct, headers?: Headers): Headers | undefined {
  const entries = Object.entries(headers ?? {});
  if (entries.length === 0) return undefined;
  const names = entries.map(([name]) => name.toLowerCase()).sort();
  const twice = names.find((name, index) => name === names[index + 1]);
  if (twice !== undefined) {
    throw new EgressError('HeaderSyntax', scope, {
      what: 'one header is named twice, in different case',
      given: twice,
      allowed: 'each header once',
      fix: 'remove one of the two',
    });
  }
  const ordered = names.find((name) => OF_ENVOY.test(name));
  if (ordered !== undefined) refuseName(scope, 'Envoy takes orders from this header', ordered);
  // Sorted, so that two declarations of one host agree however they are written.
  entries.sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  return Object.fromEntries(entries.map(([name, value]) => [checkName(scope, name), checkValue(scope, name, value)]));
}

/** A token of RFC 9110. `Host` and pseudo-headers decide where a request goes, which is not a header rule's business. */
function checkName(scope: Construct, given: string): string {
  const name = given.toLowerCase();
  if (!/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name) || name === 'host' || UNWRITABLE.includes(name)) {
    refuseName(scope, 'this is not the name of a header that can be changed', given);
  }
  if (OF_THE_CONNECTION.test(name)) {
    refuseName(
      scope,
      'this header belongs to a connection, and proxies write it: changed, one request could be read as two',
      given,
    );
  }
  return name;
}

function refuseName(scope: Construct, what: string, given: string): never {
  throw new EgressError('HeaderSyntax', scope, {
    what,
    given,
    allowed:
      'letters, digits and !#$%&\'*+.^_`|~- ; not "Host" or "constructor", no pseudo-header, nothing of the connection or of the message\'s length ("Connection", "Transfer-Encoding", "Content-Length", …); "x-envoy-…" only to remove it',
    fix: 'leave it out, or correct the name',
  });
}

function checkValue(scope: Construct, name: string, value: string): string {
  if (typeof value !== 'string' || !/^[\x20-\x7e]*$/.test(value)) {
    throw new EgressError('HeaderSyntax', scope, {
      what: `the value of header "${name}" cannot be sent`,
      given: value,
      allowed: 'printable ASCII characters on one line',
      fix: 'encode the value, for instance with encodeURIComponent',
    });
  }
  // Envoy reads "%" as the start of a command such as %DOWNSTREAM_PEER_CERT% and refuses the whole route on a lone one.
  return value.replace(/%/g, '%%');
}
