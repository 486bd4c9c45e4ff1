import { Declaration } from './declaration';
import { GatewayAddress } from './gateway-handle';
import { HostResolution } from '../destination/egress-destination';
import { HttpPort } from '../destination/egress-port';
import { EgressError } from '../errors';

/**
 * What no egress gateway can carry, whoever owns it.
 * @throws ResolutionNone, ClientInExitNamespace
 */
export function checkCarries(gateway: GatewayAddress, { scope, resolution, clients }: Declaration): void {
  if (resolution !== HostResolution.DNS && resolution !== HostResolution.DNS_ROUND_ROBIN) {
    throw new EgressError('ResolutionNone', scope, {
      what: 'a gateway can only resolve hosts by DNS; what came to it was going to itself, so any other way is an endless loop',
      given: resolution,
      allowed: 'HostResolution.DNS, HostResolution.DNS_ROUND_ROBIN',
      fix: 'leave `resolution` out',
    });
  }
  if (clients.some((client) => client.namespaceName === gateway.namespace)) {
    throw new EgressError('ClientInExitNamespace', scope, {
      what: "a client stands in the exit's own namespace, where sidecars see the exit's routes and could go out past it",
      given: gateway.namespace,
      fix: "run the client in another namespace, and nothing but exits in the exit's",
    });
  }
}

/**
 * The ports for which a sidecar needs a ServiceEntry of its own. On port 80 it routes a host by its VirtualService alone,
 * as long as it sees some HTTP Service on port 80: the gateway's.
 */
export function portsWithServiceEntry(gateway: GatewayAddress, ports: HttpPort[]): HttpPort[] {
  return gateway.httpPort === 80 ? ports.filter(({ port }) => port !== 80) : ports;
}
