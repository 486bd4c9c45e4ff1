import { subsetFor } from './gateway-destination-rules';
import { ClientHopScope } from './led-host';
import { VirtualServiceSpec } from '../../imports/networking.istio.io';
import { calledProtocol, httpPorts, opaquePorts, ResolvedPort } from '../destination/egress-port';
import { isWildcard } from '../destination/host-names';
import { HttpPort } from '../destination/http-port';
import { OpaquePort } from '../destination/opaque-port';
import { GatewayAddress } from '../exit/address';
import { hopServerName } from '../exit/server-names';
import { Plain } from '../mesh/plain';
import { calledAuthority } from '../upstream/authorities';
import { httpRoutes } from '../upstream/http-routes';

/** A host, and how the calls of a namespace are led to it. */
interface Led extends Pick<ClientHopScope, 'exportTo'> {
  readonly host: string;
  readonly ports: ResolvedPort[];
  /** The addresses at which TCP connections are recognised; undefined for any. */
  readonly captured?: string[];
  /** The namespace, if the whole of it is a client on the port; undefined if only service accounts are. */
  readonly wholeNamespace: (port: number) => string | undefined;
}

/** The routes that lead a namespace's calls to a gateway. */
export function clientRoutes(gateway: GatewayAddress, { exportTo, host, ports, captured, wholeNamespace }: Led) {
  const http = httpPorts(ports);
  const route = ({ port, kind }: OpaquePort) => {
    const subset = subsetFor(kind === 'open' ? undefined : hopServerName(host, port, wholeNamespace(port)));
    return [{ destination: { host: gateway.opaque.host, port: { number: gateway.opaque.port }, subset } }];
  };
  const speaking = (protocol: 'TLS' | 'TCP') => opaquePorts(ports).filter((port) => calledProtocol(port) === protocol);
  const some = <T>(routes: T[]) => (routes.length > 0 ? routes : undefined);
  return {
    exportTo: [exportTo],
    hosts: [host],
    http: some(http.flatMap((port) => httpRoute(gateway, host, port, http))),
    tls: some(speaking('TLS').map((port) => ({ match: [{ port: port.port, sniHosts: [host] }], route: route(port) }))),
    tcp: some(
      speaking('TCP').map((port) => ({
        match: [{ port: port.port, destinationSubnets: captured }],
        route: route(port),
      })),
    ),
  } satisfies Plain<VirtualServiceSpec>;
}

/**
 * A sidecar finds the host without looking at the port in the Host header, and the exit finds the port there alone. So the
 * route says it: what arrives at the exit names the port that was called, whatever the application wrote. Below a wildcard a
 * route cannot rewrite the name; it takes only what names its port, and the sidecar answers the rest with 404. A host that is
 * called on port 80 alone needs neither: with the name of another port its calls are refused at the exit.
 */
function httpRoute(gateway: GatewayAddress, host: string, port: HttpPort, ports: HttpPort[]) {
  const destination = { host: gateway.http.host, port: { number: gateway.http.port } };
  const isAlone = port.port === 80 && ports.length === 1;
  const pattern = port.port === 80 ? '[^:]+(:80)?' : `[^:]+:${port.port}`;
  return httpRoutes(
    {
      match: { port: port.port, authority: !isAlone && isWildcard(host) ? { regex: pattern } : undefined },
      rewrite: isAlone || isWildcard(host) ? undefined : { authority: calledAuthority(host, port) },
      destination,
    },
    port.retries,
    'connect-failure,refused-stream,reset',
  );
}
