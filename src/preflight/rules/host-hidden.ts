import { Finding, nameOf } from '../finding';
import { Context } from '../rule';

/**
 * A ServiceEntry of somebody else that ours hides in a namespace: sidecars take a host from one namespace, their own first,
 * and then no longer have the ports of the other.
 */
export function* hostHidden({ world, exits, clientCalls }: Context): Iterable<Finding> {
  // Where only gateways run, there is no sidecar to hide anything from.
  const callers = new Set(world.workloads.filter(({ gateway }) => !gateway).map(({ namespace }) => namespace));
  const quiet = new Set(exits.map(({ namespace }) => namespace).filter((namespace) => !callers.has(namespace)));
  const led = new Set(clientCalls.map(({ namespace, host, port = 80 }) => `${namespace}/${host}:${port}`));
  for (const ours of world.hostEntries.filter((entry) => world.isOurs(entry) && !entry.kubernetes)) {
    if (!world.registry.theirs.claims(ours.host).length) continue;
    const namespaces = ours.exportTo.everywhere ? world.namespaces : ours.exportTo.namespaces;
    for (const namespace of namespaces) {
      if (quiet.has(namespace)) continue;
      const before = world.registry.theirs.forSidecar(namespace, ours.host);
      const after = world.registry.all.forSidecar(namespace, ours.host);
      const kept = new Set(after.flatMap(({ ports }) => ports.map(({ number }) => number)));
      for (const theirs of before.filter((entry) => !after.includes(entry))) {
        const lost = theirs.ports
          .map(({ number }) => number)
          .filter((port) => !kept.has(port) && !led.has(`${namespace}/${ours.host}:${port}`));
        if (lost.length === 0) continue;
        yield {
          code: 'HostHidden',
          severity: 'warning',
          object: theirs.manifest,
          what: `our ${nameOf(ours.manifest)} hides it from sidecars, which then do not know the ports that only it has: calls to them are refused`,
          fix: 'declare these ports through our exit as well, or have nobody call them from there',
          affects: lost.map((port) => `${ours.host}:${port} from ${namespace}`),
        };
      }
    }
  }
}
