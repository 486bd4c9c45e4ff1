import { callName } from '../calls';
import { Finding } from '../finding';
import { Context } from '../rule';

/**
 * TCP hosts without addresses of their own on one port: a sidecar cannot tell their connections apart, and one of the hosts
 * takes those of all.
 */
export function* tcpHostOnPort({ world, clientCalls }: Context): Iterable<Finding> {
  const tcp = clientCalls.filter(({ route }) => route.kind === 'tcp');
  if (tcp.length === 0) return;
  const others = world.hostEntries.filter((entry) => !world.isOurs(entry) && !entry.kubernetes && !entry.addressed);
  for (const call of tcp) {
    const ours = world.registry.all.forSidecar(call.namespace, call.host).filter((entry) => world.isOurs(entry));
    if (!ours.some(({ addressed }) => !addressed)) continue;
    for (const theirs of others) {
      if (theirs.host === call.host || !theirs.exportTo.reaches(call.namespace)) continue;
      const port = theirs.ports.find(
        ({ number, protocol }) =>
          protocol === 'tcp' &&
          (call.port === number ||
            (call.port === undefined && ours.some((entry) => entry.ports.some((p) => p.number === number)))),
      );
      if (!port) continue;
      yield {
        code: 'TcpHostOnPort',
        severity: 'error',
        object: theirs.manifest,
        what: `neither its hosts nor ours have addresses, and both are TCP on port ${port.number}: sidecars send the connections of both to one of them`,
        fix: 'give our ServiceEntry `addresses` of its own, by which clients call it',
        affects: [callName(call)],
      };
    }
  }
}
