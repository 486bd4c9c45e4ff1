import {
  VirtualServiceSpecHttp,
  VirtualServiceSpecHttpHeaders,
  VirtualServiceSpecHttpMatch,
  VirtualServiceSpecHttpRewrite,
  VirtualServiceSpecHttpRouteDestination,
} from '../../imports/networking.istio.io';
import { ResolvedRetries } from '../destination/http-retries';

/** RFC 9110, 9.2.2. */
const IDEMPOTENT = 'GET|HEAD|OPTIONS|TRACE|PUT|DELETE';

/** Off has to be said: where nothing is said, Istio retries twice, whatever the method. */
const OFF = { attempts: 0 };

/** A route before its retries are known. */
export interface HttpRoute {
  readonly match?: VirtualServiceSpecHttpMatch;
  readonly destination: VirtualServiceSpecHttpRouteDestination;
  readonly rewrite?: VirtualServiceSpecHttpRewrite;
  readonly headers?: VirtualServiceSpecHttpHeaders;
  readonly timeout?: string;
}

/** The routes of one destination: a single one, or one for the methods that may be sent again and one for the others. */
export function httpRoutes(
  route: HttpRoute,
  retries: ResolvedRetries | undefined,
  retryOn: string,
): VirtualServiceSpecHttp[] {
  const { match, rewrite, destination, headers, timeout } = route;
  const one = (attempts?: number, matches?: VirtualServiceSpecHttpMatch): VirtualServiceSpecHttp => ({
    match: matches && [matches],
    rewrite,
    headers,
    timeout,
    retries: attempts === undefined ? OFF : { attempts, retryOn },
    route: [{ destination }],
  });
  if (!retries) return [one(undefined, match)];
  const { attempts, everyMethod } = retries;
  if (everyMethod) return [one(attempts, match)];
  return [one(attempts, { ...match, method: { regex: IDEMPOTENT } }), one(undefined, match)];
}
