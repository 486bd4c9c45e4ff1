import { GatewaySpecServers, GatewaySpec } from '../../imports/networking.istio.io';
import { opaquePorts, ResolvedPort } from '../destination/egress-port';
import { OwnGatewayAddress } from '../exit/address';
import { hopLabel } from '../exit/names';
import { portName } from '../exit/server-names';
import { ClientServer } from './access/client-servers';
import { Plain } from '../mesh/plain';
import { JudgedCalls } from '../policy/judged-calls';

/** A host and its ports, as declared so far. */
export interface ServedHost {
  readonly host: string;
  /** Where it really is. */
  readonly upstreamHost: string;
  readonly ports: ResolvedPort[];
  /** What takes the clients of opaque ports. */
  readonly servers: ClientServer[];
  /** What its rules read of calls. */
  readonly calls?: JudgedCalls;
}

/**
 * The servers of an egress gateway: one for all HTTP, and those for each opaque port, because its connections
 * are told apart by server name. Only VirtualServices of the gateway's own namespace bind to them ("./"), whatever host
 * another team claims in its own.
 */
export function gatewayServers(gateway: OwnGatewayAddress, hosts: ServedHost[]) {
  return {
    selector: gateway.selector,
    servers: [
      {
        port: { name: 'http', number: gateway.http.port, protocol: 'HTTPS' },
        tls: { mode: 'ISTIO_MUTUAL' },
        hosts: ['./*'],
      },
      ...hosts.flatMap((host) => opaqueServers(gateway, host)),
    ],
  } satisfies Plain<GatewaySpec>;
}

function opaqueServers(gateway: OwnGatewayAddress, { host, ports, servers }: ServedHost): Plain<GatewaySpecServers>[] {
  const onPort = (name: string) => ({ name: hopLabel(name), number: gateway.opaque.port, protocol: 'TLS' });
  return [
    ...servers.map(({ serverName, identities }): Plain<GatewaySpecServers> => ({
      port: onPort(serverName),
      tls: { mode: 'ISTIO_MUTUAL', subjectAltNames: identities },
      hosts: [`./${serverName}`],
    })),
    ...opaquePorts(ports)
      .filter(({ kind }) => kind === 'open')
      .map(({ port }): Plain<GatewaySpecServers> => ({
        port: onPort(portName(host, port)),
        tls: { mode: 'PASSTHROUGH' },
        hosts: [`./${host}`],
      })),
  ];
}
