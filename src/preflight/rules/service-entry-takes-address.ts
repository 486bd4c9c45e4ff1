import { HostEntry } from '../../model/host-entry';
import { Call, callName } from '../calls';
import { Finding } from '../finding';
import { Context } from '../rule';

/**
 * A ServiceEntry of another namespace with addresses: sidecars that see it listen on them and send on what comes there, before
 * they look at a route. If a host of ours is at one of them, its calls do not reach the exit.
 */
export function* serviceEntryTakesAddress({ world, clientCalls }: Context): Iterable<Finding> {
  const addressed = world.hostEntries.filter((entry) => !world.isOurs(entry) && entry.addresses.length > 0);
  for (const call of clientCalls) {
    if (call.route.kind === 'tcp' || world.inCluster(call.host)) continue; // TCP hosts are known by addresses of their own.
    for (const entry of addressed) {
      if (entry.namespace === call.namespace || !entry.exportTo.reaches(call.namespace)) continue;
      const port = entry.ports.find(({ number, protocol }) => protocol === 'tcp' && number === portOf(call));
      if (port) yield finding(call, entry, port.number);
    }
  }
}

function portOf({ port, route }: Call): number {
  return port ?? (route.kind === 'http' ? 80 : 443);
}

function finding(call: Call, { manifest, addresses }: HostEntry, port: number): Finding {
  return {
    code: 'ServiceEntryTakesAddress',
    severity: 'warning',
    object: manifest,
    what: `what clients send to ${addresses.join(', ')} on port ${port} goes where it says, past our exit; so do calls to a host of ours that has one of these addresses`,
    fix: "narrow its `exportTo` so that the clients' namespaces do not see it, or set serviceEntryVisibility in the mesh's configuration",
    affects: [callName(call)],
  };
}
