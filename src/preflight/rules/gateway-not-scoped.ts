import { Finding, nameOf } from '../finding';
import { Context } from '../rule';

/** Without the flag, which is Istio's default, a Gateway of any namespace can open servers on the exit's pods. */
export function* gatewayNotScoped({ world }: Context): Iterable<Finding> {
  if (world.settings.scopedGateways !== false) return;
  const gateways = world.gateways.filter((gateway) => world.isOurs(gateway));
  if (gateways.length === 0) return;
  for (const object of world.settings.controlPlanes) {
    yield {
      code: 'GatewayNotScoped',
      severity: 'warning',
      object,
      what: 'it runs without PILOT_SCOPE_GATEWAY_TO_NAMESPACE=true: whoever may create a Gateway in any namespace can take the calls of our exit',
      fix: 'set it in the environment of istiod, after moving Gateways to the namespaces of their pods; or refuse such Gateways by an admission policy',
      affects: gateways.map(({ manifest }) => nameOf(manifest)),
    };
  }
}
