import { rivalries } from './routes';
import { callName } from '../calls';
import { Finding, nameOf } from '../finding';
import { Context } from '../rule';

/** A VirtualService for a host of ours that sidecars take instead of ours. */
export function* routeReplaced(context: Context): Iterable<Finding> {
  for (const { call, theirs, winner } of rivalries(context)) {
    if (winner === 'ours') continue;
    yield {
      code: 'RouteReplaced',
      severity: 'error',
      object: theirs.manifest,
      what: 'sidecars take its route for the host instead of ours, so that the calls do not go through our exit',
      fix: `remove it or the host from it; or merge its routes with ours (${nameOf(call.via.manifest)}): for one host and namespace a sidecar takes one VirtualService`,
      affects: [callName(call)],
    };
  }
}
