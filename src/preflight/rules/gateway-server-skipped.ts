import { apart, conflicts } from './gateway-conflicts';
import { podsName } from '../exits';
import { Finding, nameOf } from '../finding';
import { Context } from '../rule';

/**
 * Two Gateways on one pod's port that do not go together: istiod keeps the older one's server and leaves the other out,
 * which only its log says.
 */
export function* gatewayServerSkipped(context: Context): Iterable<Finding> {
  for (const conflict of conflicts(context)) {
    const { kind, exit, ours, theirs } = conflict;
    if (kind === 'listener refused') continue;
    const [loser, winner] = kind === 'ours skipped' ? [ours, theirs] : [theirs, ours];
    const why =
      loser.reason === 'host'
        ? `it has the same TLS host`
        : `${winner.server.protocolName.toUpperCase()} and ${loser.server.protocolName.toUpperCase()} do not share a port`;
    yield {
      code: 'GatewayServerSkipped',
      severity: 'error',
      object: theirs.gateway.manifest,
      what:
        `on port ${ours.port} of ${podsName(exit)}, istiod leaves out the server of ${nameOf(loser.gateway.manifest)}, ` +
        `because that of ${nameOf(winner.gateway.manifest)} is older and ${why}: ` +
        (kind === 'ours skipped'
          ? 'our calls are answered by the wrong server, or reset'
          : 'its own callers are refused'),
      fix: apart(conflict, context.world.settings.scopedGateways),
      affects: [nameOf(ours.gateway.manifest)],
    };
  }
}
