import { GatewayHandle } from './gateway-handle';
import { hopLabel, hopServerName } from './hop-name';
import {
  GatewaySpecServers,
  GatewaySpecServersTlsMode as Mode,
  toJson_GatewaySpec,
} from '../../imports/networking.istio.io';
import { opaquePorts, ResolvedPort } from '../destination/egress-port';

/** A host and its ports, as declared so far. */
export interface ServedHost {
  readonly host: string;
  /** Where it really is. */
  readonly upstreamHost: string;
  readonly ports: ResolvedPort[];
}

/**
 * The servers of an egress gateway: one for all HTTP, and one for each port whose bytes are not read, because its connections
 * are told apart by server name. Only VirtualServices of the gateway's own namespace bind to them ("./"), whatever host
 * another team claims in its own.
 */
export function gatewayServers(gateway: GatewayHandle, hosts: ServedHost[], others: GatewaySpecServers[] = []) {
  return toJson_GatewaySpec({
    selector: gateway.selector,
    servers: [
      {
        port: { name: 'http', number: gateway.http.port, protocol: 'HTTPS' },
        tls: { mode: Mode.ISTIO_UNDERSCORE_MUTUAL },
        hosts: ['./*'],
      },
      ...others,
      ...hosts.flatMap(({ host, ports }) => opaqueServers(gateway, host, ports)),
    ],
  });
}

function opaqueServers(gateway: GatewayHandle, host: string, ports: ResolvedPort[]): GatewaySpecServers[] {
  return opaquePorts(ports).map(({ port, identified }) => {
    const serverName = hopServerName(host, port);
    return {
      port: { name: hopLabel(serverName), number: gateway.opaque.port, protocol: 'TLS' },
      tls: { mode: identified ? Mode.ISTIO_UNDERSCORE_MUTUAL : Mode.PASSTHROUGH },
      hosts: [`./${identified ? serverName : host}`],
    };
  });
}
