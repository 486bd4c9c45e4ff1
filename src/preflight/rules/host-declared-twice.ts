import { callName } from '../calls';
import { Finding, nameOf } from '../finding';
import { Context } from '../rule';
import { leads, sameWay } from './routes';

/**
 * A VirtualService of another repo that leads a host from the namespace of a client to where ours does. Of HTTP and TLS routes the
 * older counts; of TCP routes sidecars take both, as two equal filter chains of one listener, which Envoy refuses.
 */
export function* hostDeclaredTwice({ world, clientCalls }: Context): Iterable<Finding> {
  for (const call of clientCalls) {
    const isTcp = call.route.kind === 'tcp';
    const others = world
      .routesOf([call.host])
      .filter((vs) => !world.isOurs(vs) && vs.namespace === call.namespace && leads(vs, call).length > 0);
    for (const theirs of others) {
      if (!isTcp && !sameWay(theirs, call)) continue; // RouteReplaced tells of it.
      yield {
        code: 'HostDeclaredTwice',
        severity: isTcp ? 'error' : 'warning',
        object: theirs.manifest,
        what: isTcp
          ? 'it leads the same TCP connections as ours: sidecars get two equal filter chains, which Envoy refuses, and new pods of the namespace do not become ready'
          : 'it leads the host as ours does: only the older one counts, and `istioctl analyze` reports IST0109 as an error',
        fix: `declare the host for the namespace in one repo: remove it, or our ${nameOf(call.via.manifest)}`,
        affects: [callName(call)],
      };
    }
  }
}
