import { rivalries } from './routes';
import { callName } from '../calls';
import { Finding, nameOf } from '../finding';
import { Context } from '../rule';

/** A VirtualService of somebody else that ours puts out of effect in a client's namespace. */
export function* neighbourRouteReplaced(context: Context): Iterable<Finding> {
  for (const { call, theirs, winner } of rivalries(context)) {
    if (winner === 'theirs') continue;
    const own = theirs.namespace === call.namespace;
    yield {
      code: 'NeighbourRouteReplaced',
      severity: own ? 'error' : 'warning',
      object: theirs.manifest,
      what: own
        ? 'sidecars of its own namespace take our route for the host instead, so that its calls go through our exit'
        : "sidecars of our client's namespace take our route for the host instead of this one, which still holds elsewhere",
      fix: `decide which of the two leads the host, and remove the host from the other (ours is ${nameOf(call.via.manifest)})`,
      affects: [callName(call)],
    };
  }
}
