import { narrowedCalls, podsOfSidecar } from './sidecars';
import { importsRoute, listenerFor } from '../../model/sidecar';
import { callName } from '../calls';
import { Finding } from '../finding';
import { Context } from '../rule';

/** A Sidecar that does not import our route: its pods do not know the host. */
export function* sidecarHidesRoute(context: Context): Iterable<Finding> {
  for (const { call, sidecar, port } of narrowedCalls(context)) {
    const listener = listenerFor(sidecar, port);
    const { via, namespace } = call;
    // One of a VirtualService's hosts is enough: istiod imports all of it.
    if (listener && via.hosts.some((host) => importsRoute(listener, namespace, via.namespace, host))) continue;
    const entry = via.namespace === namespace ? './*' : `${via.namespace}/*`;
    yield {
      code: 'SidecarHidesRoute',
      severity: 'error',
      object: sidecar.manifest,
      what: `${podsOfSidecar(sidecar)} do not see our route, because its egress hosts do not import it: calls fail with 502, or are reset`,
      fix: `add "${entry}", or the hosts, to its egress hosts`,
      affects: [callName(call)],
    };
  }
}
