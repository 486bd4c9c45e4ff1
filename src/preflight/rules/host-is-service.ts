import { HostEntry } from '../../model/host-entry';
import { callName } from '../calls';
import { Finding } from '../finding';
import { Context } from '../rule';

/** An external host that has the short name of a Service: `name.namespace` is how applications call it in the cluster. */
export function* hostIsService({ world, clientCalls }: Context): Iterable<Finding> {
  const shortNames = new Map<string, HostEntry>();
  for (const entry of world.hostEntries.filter(({ kubernetes }) => kubernetes)) {
    const name = entry.host.slice(0, -`.svc.${world.settings.clusterDomain}`.length);
    shortNames.set(name, entry);
    shortNames.set(`${name}.svc`, entry);
  }
  for (const call of clientCalls) {
    const service = shortNames.get(call.host);
    if (!service) continue;
    yield {
      code: 'HostIsService',
      severity: 'error',
      object: service.manifest,
      what: `our route is for ${call.host}, which is also its name within the cluster: calls to it go to our exit instead`,
      fix: 'call the Service by its full name, or reach the external host by another name',
      affects: [callName(call)],
    };
  }
}
