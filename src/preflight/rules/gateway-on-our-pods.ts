import { gatewayCallsTaken } from './gateway-calls-taken';
import { apart, conflicts } from './gateway-conflicts';
import { podsName } from '../exits';
import { Finding, nameOf } from '../finding';
import { Context } from '../rule';
import { placeServers } from '../servers';

/** A Gateway of somebody else that opens servers on our own pods, without being in the way of ours. */
export function* gatewayOnOurPods(context: Context): Iterable<Finding> {
  const { world, exits } = context;
  const worse = new Set([
    ...[...conflicts(context)].map(({ theirs }) => theirs.gateway.manifest),
    ...[...gatewayCallsTaken(context)].map(({ object }) => object),
  ]);
  for (const exit of exits) {
    const ours = exit.gateways.find((gateway) => world.isOurs(gateway));
    if (!ours || !exit.workload || !world.isOurs(exit.workload)) continue;
    for (const theirs of placeServers(exit)) {
      if (world.isOurs(theirs.gateway) || theirs.skippedFor || worse.has(theirs.gateway.manifest)) continue;
      yield {
        code: 'GatewayOnOurPods',
        severity: 'warning',
        object: theirs.gateway.manifest,
        what:
          `its selector also finds ${podsName(exit)}: its server on port ${theirs.port} opens there as well, ` +
          'and its calls come under the policies of our exit',
        fix: apart({ theirs, exit }, world.settings.scopedGateways),
        affects: [nameOf(ours.manifest)],
      };
    }
  }
}
