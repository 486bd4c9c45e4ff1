import { HostEntry } from '../../model/host-entry';
import { Call, callName } from '../calls';
import { Finding } from '../finding';
import { protocolsOf } from '../registry';
import { Context } from '../rule';

/**
 * A ServiceEntry of somebody else by which sidecars take a port of our host for another protocol, or do not have the port:
 * then they do not look at our route.
 */
export function* serviceEntryHidesRoute({ world, clientCalls }: Context): Iterable<Finding> {
  for (const call of clientCalls) {
    const port = call.port ?? (call.route.kind === 'http' ? 80 : 443);
    const chosen = world.registry.all.forSidecar(call.namespace, call.host);
    const theirs = chosen.filter((entry) => !world.isOurs(entry));
    if (theirs.length === 0) continue;
    const wrong = theirs.filter((entry) => protocolsOf([entry], port).some((protocol) => clashes(call, protocol)));
    for (const { manifest } of wrong) {
      yield finding(
        call,
        manifest,
        `port ${port} of ${call.host} is ${protocolsOf(wrong, port)[0]} in it, so that sidecars do not look at our ${call.route.kind} route: calls fail with 502 or a reset`,
      );
    }
    const hidden = world.registry.all
      .claims(call.host)
      .some(
        (entry) =>
          world.isOurs(entry) && !chosen.includes(entry) && has(entry, port) && entry.exportTo.reaches(call.namespace),
      );
    if (hidden && !chosen.some((entry) => has(entry, port))) {
      yield finding(
        call,
        theirs[0].manifest,
        `sidecars take ${call.host} from it instead of from our ServiceEntry, and it has no port ${port}: calls are reset`,
      );
    }
  }
}

function finding(call: Call, object: HostEntry['manifest'], what: string): Finding {
  return {
    code: 'ServiceEntryHidesRoute',
    severity: 'error',
    object,
    what,
    fix: "correct the port, or narrow its `exportTo` so that the clients' namespaces do not see it",
    affects: [callName(call)],
  };
}

function has(entry: HostEntry, port: number): boolean {
  return entry.ports.some(({ number }) => number === port);
}

function clashes({ route }: Call, protocol: string): boolean {
  return protocol !== 'unknown' && protocol !== 'udp' && protocol !== route.kind;
}
