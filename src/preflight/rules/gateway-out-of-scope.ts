import { selects } from '../../model/selectors';
import { isGatewayOf } from '../exits';
import { Finding, nameOf } from '../finding';
import { Context } from '../rule';

/**
 * With PILOT_SCOPE_GATEWAY_TO_NAMESPACE, a Gateway reaches pods of its own namespace only. Ours in an application's
 * namespace, as older guides have it, then has no pods.
 */
export function* gatewayOutOfScope({ world }: Context): Iterable<Finding> {
  if (!world.settings.scopedGateways) return;
  for (const gateway of world.gateways.filter((candidate) => world.isOurs(candidate))) {
    const pods = world.workloads.filter(
      (workload) => isGatewayOf(gateway, workload) && selects(gateway.selector, workload.labels),
    );
    if (pods.length === 0 || pods.some(({ namespace }) => namespace === gateway.namespace)) continue;
    yield {
      code: 'GatewayOutOfScope',
      severity: 'error',
      object: gateway.manifest,
      what: `istiod runs with PILOT_SCOPE_GATEWAY_TO_NAMESPACE=true, so this Gateway does not reach pods of other namespaces and has no effect`,
      fix: `move it, and the routes that are bound to it, to ${[...new Set(pods.map((pod) => pod.namespace))].sort().join(' or ')}`,
      affects: pods.map(({ manifest }) => nameOf(manifest)),
    };
  }
}
