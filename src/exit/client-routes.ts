import { capturedAddresses } from './client-entries';
import { ClientHopScope } from './client-hop';
import { Declaration } from './declaration';
import { GatewayAddress } from './gateway-handle';
import { hopServerName } from './hop-name';
import { HopRule } from './hop-rule';
import { httpRoutes } from './http-routes';
import { toJson_VirtualServiceSpec } from '../../imports/networking.istio.io';
import { httpPorts, opaquePorts } from '../destination/egress-port';
import { HttpPort } from '../destination/http-port';
import { OpaquePort } from '../destination/opaque-port';

/** The rules for the Services of an exit, made when a route needs them. */
export interface HopRules {
  http(): HopRule;
  opaque(): HopRule;
}

/** The routes that lead a namespace's calls to a gateway. */
export function clientRoutes(
  gateway: GatewayAddress,
  declaration: Declaration,
  rules: HopRules,
  { namespace, exportTo }: ClientHopScope,
) {
  const { hosts, ports, clients } = declaration;
  // A whole namespace has a server of its own at the exit, which takes its service accounts too.
  const isWhole = clients.some((client) => client.namespaceName === namespace && !client.serviceAccountName);
  const serverName = (host: string, { port, identified }: OpaquePort) =>
    identified ? hopServerName(host, port, isWhole ? namespace : undefined) : undefined;
  const http = httpPorts(ports).flatMap((port) => httpRoute(gateway, port));
  const ofKind = (kind: OpaquePort['kind']) =>
    opaquePorts(ports)
      .filter((port) => port.kind === kind)
      .flatMap((port) =>
        hosts.map((host) => ({ port, host, route: opaqueRoute(gateway, serverName(host, port), rules) })),
      );
  const tls = ofKind('tls').map(({ port, host, route }) => ({ match: [{ port: port.port, sniHosts: [host] }], route }));
  const tcp = ofKind('tcp').map(({ port, host, route }) => ({
    match: [{ port: port.port, destinationSubnets: capturedAddresses(declaration, host) }],
    route,
  }));
  const some = <T>(routes: T[]) => (routes.length > 0 ? routes : undefined);
  return toJson_VirtualServiceSpec({ exportTo: [exportTo], hosts, http: some(http), tls: some(tls), tcp: some(tcp) });
}

function httpRoute(gateway: GatewayAddress, { port, retries }: HttpPort) {
  const destination = { host: gateway.http.host, port: { number: gateway.http.port } };
  return httpRoutes({ match: { port }, destination }, retries, 'connect-failure,refused-stream,reset');
}

/** @param serverName What to ask the exit for; undefined without identity */
function opaqueRoute(gateway: GatewayAddress, serverName: string | undefined, rules: HopRules) {
  const rule = rules.opaque();
  const subset = serverName ? rule.forServerName(serverName) : rule.withoutIdentity();
  return [{ destination: { host: gateway.opaque.host, port: { number: gateway.opaque.port }, subset } }];
}
