import { HostEntry } from '../../model/host-entry';
import { callName, destinationPort } from '../calls';
import { Finding, nameOf } from '../finding';
import { Context } from '../rule';

/**
 * A ServiceEntry of somebody else that the exit's gateway takes for a host of ours: one in the exit's namespace, or exported
 * to it by name, that is older than ours; or a public one where ours is public too.
 */
export function* serviceEntryTakesHost({ world, exitCalls }: Context): Iterable<Finding> {
  for (const call of exitCalls) {
    const { host } = call.to;
    const chosen = world.registry.all.forGateway(call.namespace, host);
    if (!chosen || world.isOurs(chosen) || world.inCluster(host)) continue;
    const meant = world.registry.all
      .claims(host)
      .find((entry) => world.isOurs(entry) && entry.exportTo.reaches(call.namespace));
    const what = difference(chosen, meant, destinationPort(world, call));
    if (!what) continue;
    yield {
      code: 'ServiceEntryTakesHost',
      severity: 'error',
      object: chosen.manifest,
      what: `the exit's gateway takes ${host} from it${meant ? ` instead of our ${nameOf(meant.manifest)}` : ''}: ${what}`,
      fix: `remove it, or narrow its \`exportTo\` so that ${call.namespace} does not see it`,
      affects: [callName(call)],
    };
  }
}

function difference(chosen: HostEntry, meant: HostEntry | undefined, port: number | undefined): string | undefined {
  if (chosen.resolution === 'NONE') {
    return 'with resolution NONE the gateway calls the address that it was called at, its own, in an endless loop';
  }
  if (chosen.resolution === 'DYNAMIC_DNS') return 'gateways do not serve DYNAMIC_DNS, and calls fail with 503';
  if (!meant) return undefined;
  const at = (entry: HostEntry) => entry.ports.find(({ number }) => number === port);
  const [theirs, ours] = [at(chosen), at(meant)];
  if (ours && !theirs) return `it has no port ${port}, and calls fail with 503`;
  if (ours && theirs && ours.protocol !== theirs.protocol) {
    return `its port ${port} is ${theirs.protocol}, where ours is ${ours.protocol}`;
  }
  if (chosen.place !== meant.place || theirs?.target !== ours?.target) return 'it says otherwise where the host is';
  return undefined;
}
