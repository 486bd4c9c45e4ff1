import { apart, conflicts } from './gateway-conflicts';
import { podsName } from '../exits';
import { Finding, nameOf } from '../finding';
import { Context } from '../rule';

/**
 * Two servers on one port whose connections cannot be told apart, though istiod sends both: `*` of two Gateways, the same
 * host once as `./host`, or HTTP after HTTPS. Envoy answers "filter chain … has the same matching rules".
 */
export function* gatewayListenerRefused(context: Context): Iterable<Finding> {
  for (const conflict of conflicts(context)) {
    const { kind, exit, ours, theirs } = conflict;
    if (kind !== 'listener refused') continue;
    yield {
      code: 'GatewayListenerRefused',
      severity: 'error',
      object: theirs.gateway.manifest,
      what:
        `on port ${ours.port} of ${podsName(exit)}, its server takes the same connections as that of ` +
        `${nameOf(ours.gateway.manifest)}: Envoy refuses the port's listener: pods that run keep what they had, and new pods do not become ready`,
      fix: apart(conflict, context.world.settings.scopedGateways),
      affects: [nameOf(ours.gateway.manifest)],
    };
  }
}
