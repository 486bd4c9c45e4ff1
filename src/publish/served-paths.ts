import { Construct } from 'constructs';
import { opaquePorts, ResolvedPort } from '../destination/egress-port';
import { EgressError } from '../errors';
import { isUnambiguousPath, UNAMBIGUOUS_PATH } from '../policy/path-form';

/**
 * A path and what is below it, as a regular expression for a whole path without query. Istio's prefix match would not do: it
 * takes "/status" for the beginning of "/statusx", and "/status/..%2fadmin" for something below "/status", which a server that
 * decodes reads as "/admin".
 */
export function servedPath(path: string): string {
  return path === '/' ? UNAMBIGUOUS_PATH : `${path.replace(/[^\w/~-]/g, '\\$&')}(${UNAMBIGUOUS_PATH})?`;
}

/** The longest regular expression that Istio takes. @see validateStringMatchRegexp in istio/istio, pkg/config/validation */
const LONGEST = 1024;

/** @throws HttpRuleSyntax also where bytes of a port are not read */
export function checkServedPaths(scope: Construct, paths: string[], ports: ResolvedPort[]): string[] {
  const [unread] = opaquePorts(ports);
  if (unread) {
    throw new EgressError('HttpRuleSyntax', scope, {
      what: '`paths` are said of a port whose bytes the ingress gateway does not read: every path would be served there',
      given: `port ${unread.port}`,
      allowed: '`paths` with EgressPort.http and EgressPort.tlsOrigination only',
      fix: 'let the ingress gateway originate TLS, or leave `paths` out',
    });
  }
  return checkPaths(scope, paths);
}

function checkPaths(scope: Construct, paths: string[]): string[] {
  const isServable = (path: unknown) =>
    typeof path === 'string' &&
    isUnambiguousPath(path) &&
    /^\/(.*[^/*])?$/.test(path) &&
    servedPath(path).length <= LONGEST;
  const isList = Array.isArray(paths);
  // Holes in a list are values as well.
  const bad = isList ? [...paths].findIndex((path) => !isServable(path)) : 0;
  if (bad < 0 && paths.length > 0) return [...new Set(paths)].sort();
  throw new EgressError('HttpRuleSyntax', scope, {
    what: 'this is not a path that can be served',
    given: isList && bad >= 0 ? paths[bad] : paths,
    allowed:
      'paths without "*", query and trailing "/", as "/status"; of up to some 300 characters, without empty segments, "." and "..", and what servers read differently when they decode it',
    fix: 'correct `paths`, or leave it out for all',
  });
}
