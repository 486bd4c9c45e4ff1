import { ServedHost } from './gateway-servers';
import { VirtualServiceSpec, VirtualServiceSpecTcpRouteDestination } from '../../imports/networking.istio.io';
import { httpPorts, openPorts } from '../destination/egress-port';
import { HttpPort } from '../destination/http-port';
import { OwnGatewayAddress } from '../exit/address';
import { Plain } from '../mesh/plain';
import { foundAuthorityPattern } from '../upstream/authorities';
import { subsetName } from '../upstream/destination-rule';
import { hostRoutes } from '../upstream/routes';

const HERE = ['.'];

/** The routes from a gateway to a host by what the calls say of themselves: the Host header, or the server name of their TLS. */
export function exitRoutes(gateway: OwnGatewayAddress, served: ServedHost) {
  const { host, ports } = served;
  const http = httpPorts(ports);
  const open = openPorts(ports);
  return {
    exportTo: HERE,
    gateways: [gateway.exitName],
    hosts: [host],
    http: http.length > 0 ? http.flatMap((port) => exitRoute(served, port, http)) : undefined,
    tls: open.length > 0 ? open.map((port) => openRoute(gateway, served, port.upstreamPort)) : undefined,
  } satisfies Plain<VirtualServiceSpec>;
}

/** The route of an opaque port: everything that asked for one of its server names. */
export function opaqueRoute(
  gateway: OwnGatewayAddress,
  serverNames: string[],
  destination: VirtualServiceSpecTcpRouteDestination,
) {
  return {
    exportTo: HERE,
    gateways: [gateway.exitName],
    hosts: serverNames,
    // The hop's TLS ends at the gateway, so that this is TCP, whatever is inside.
    tcp: [{ match: [{ port: gateway.opaque.port }], route: [{ destination }] }],
  } satisfies Plain<VirtualServiceSpec>;
}

function openRoute(gateway: OwnGatewayAddress, { host, upstreamHost }: ServedHost, upstreamPort: number) {
  return {
    match: [{ port: gateway.opaque.port, sniHosts: [host] }],
    route: [{ destination: { host: upstreamHost, port: { number: upstreamPort } } }],
  };
}

function exitRoute(served: ServedHost, port: HttpPort, ports: HttpPort[]) {
  const match = { authority: { regex: foundAuthorityPattern(served.host, port.port) } };
  return hostRoutes(served, port, { match, to: port.upstreamPort, subset: subsetName(port, ports) });
}
