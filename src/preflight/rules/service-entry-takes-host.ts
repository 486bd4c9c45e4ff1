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
    const taken = world.registry.all.forGateway(call.namespace, host);
    const [chosen] = taken;
    if (!chosen || world.isOurs(chosen) || world.inCluster(host)) continue;
    const meant = world.registry.all
      .claims(host)
      .find((entry) => world.isOurs(entry) && entry.exportTo.reaches(call.namespace));
    const what = difference(taken, meant, destinationPort(world, call));
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

function difference(taken: HostEntry[], meant: HostEntry | undefined, port: number | undefined): string | undefined {
  const [{ resolution }] = taken;
  if (resolution === 'NONE') {
    return 'no gateway can serve resolution NONE: what came to it was sent to itself, and calls fail with 503';
  }
  if (resolution === 'DYNAMIC_DNS') return 'gateways do not serve DYNAMIC_DNS, and calls fail with 503';
  const at = (entry: HostEntry) => entry.ports.find(({ number }) => number === port);
  const ours = meant && at(meant);
  if (!meant || !ours) return undefined;
  const source = taken.find(at);
  const theirs = source && at(source);
  if (!source || !theirs) return `it has no port ${port}, and calls fail with 503`;
  if (source === meant) return undefined; // Its port was added to theirs.
  if (ours.protocol !== theirs.protocol) {
    return `its port ${port} is ${theirs.protocol}, where ours is ${ours.protocol}`;
  }
  return source.place === meant.place && theirs.target === ours.target
    ? undefined
    : 'it says otherwise where the host is';
}
