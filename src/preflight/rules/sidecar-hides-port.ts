import { narrowedCalls, podsOfSidecar, seen } from './sidecars';
import { importsRoute, listenerFor } from '../../model/sidecar';
import { callName } from '../calls';
import { Finding } from '../finding';
import { protocolsOf } from '../registry';
import { Context } from '../rule';

/**
 * A Sidecar by which its pods see our route, and nothing that makes them listen where the host is called: on port 80 some
 * HTTP port 80, which the exit's Service is; on other ports the host's own ServiceEntry.
 */
export function* sidecarHidesPort(context: Context): Iterable<Finding> {
  const { world } = context;
  for (const { call, sidecar, port } of narrowedCalls(context)) {
    const { via, namespace, host, to, route } = call;
    const listener = listenerFor(sidecar, port);
    if (!listener || !via.hosts.some((name) => importsRoute(listener, namespace, via.namespace, name))) continue;
    const imported = seen(sidecar, namespace, port);
    const all = world.registry.all;
    const own = protocolsOf(all.forSidecar(namespace, host, imported), port).length > 0;
    if (own || (route.kind === 'http' && port === 80 && all.listensForHttp(namespace, 80, imported))) continue;
    const wide = protocolsOf(all.forSidecar(namespace, host), port).length > 0;
    // Without the Sidecar it would be the same: another rule's matter.
    if (!wide && !(port === 80 && all.listensForHttp(namespace, 80))) continue;
    const service = world.registry.all.claims(to.host)[0];
    yield {
      code: 'SidecarHidesPort',
      severity: 'error',
      object: sidecar.manifest,
      what: `${podsOfSidecar(sidecar)} do not listen on port ${port}, because its egress hosts import nothing that has it: calls are reset`,
      fix: wide
        ? `add the host to its egress hosts, as "${via.namespace === namespace ? '.' : via.namespace}/${host}"`
        : `add the exit's Service to its egress hosts, as "${service?.namespace ?? '*'}/${to.host}"`,
      affects: [callName(call)],
    };
  }
}
