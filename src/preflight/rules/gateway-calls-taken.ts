import { apart } from './gateway-conflicts';
import { Call, callName, destinationPort, hopOf } from '../calls';
import { Exit, podsName } from '../exits';
import { Finding, nameOf } from '../finding';
import { Context } from '../rule';
import { isTls, PlacedServer, placeServers, precision, targetPort } from '../servers';
import { World } from '../world';

/**
 * A TLS server on the exit's port that names what our clients ask for more exactly than ours does: it takes their calls,
 * and its routes decide where they go.
 */
export function* gatewayCallsTaken({ world, exits, clientCalls }: Context): Iterable<Finding> {
  for (const exit of exits) {
    const servers = placeServers(exit).filter(({ skippedFor, server }) => !skippedFor && isTls(server));
    const theirs = servers.filter(({ gateway }) => !world.isOurs(gateway));
    if (theirs.length === 0) continue;
    for (const call of clientCalls) {
      const port = destinationPort(world, call);
      if (port === undefined || !exit.services.some(({ host }) => host === call.to.host)) continue;
      const sni = askedFor(world, call, port);
      const best = (candidates: PlacedServer[]) =>
        candidates
          .filter((candidate) => candidate.port === targetPort(port, exit.services))
          .map((candidate) => ({ candidate, score: sni === undefined ? -1 : precision(candidate, sni) }))
          .sort((a, b) => b.score - a.score)[0];
      const own = best(servers.filter(({ gateway }) => world.isOurs(gateway)));
      const taker = best(theirs);
      if (taker && own && own.score >= 0 && taker.score > own.score) {
        yield taken(world, exit, call, taker.candidate, sni!);
      }
    }
  }
}

function taken(world: World, exit: Exit, call: Call, theirs: PlacedServer, sni: string): Finding {
  return {
    code: 'GatewayCallsTaken',
    severity: 'error',
    object: theirs.gateway.manifest,
    what:
      `on port ${theirs.port} of ${podsName(exit)}, its server names ${sni} more exactly than ours: ` +
      'it takes the calls, and its routes decide where they go',
    fix: apart({ theirs, exit }, world.settings.scopedGateways),
    affects: [callName(call), nameOf(call.via.manifest)],
  };
}

/** The server that a sidecar asks for on the hop; undefined without TLS. */
function askedFor(world: World, call: Call, port: number): string | undefined {
  const { subset, host } = call.to;
  const connection = world.rules.all.connection(hopOf(world, call));
  if (connection.mode === undefined || connection.mode === 'DISABLE') return undefined;
  return connection.sni ?? `outbound_.${port}_.${subset ?? ''}_.${host}`;
}
