import { Manifest } from './manifest';
import { protocolNamed, Protocol } from './protocol';

/** One server of a Gateway. */
export interface GatewayServer {
  readonly port: number;
  readonly portName: string;
  readonly protocol: Protocol;
  /** As written, in lower case: TCP is not MONGO, though both are tcp. */
  readonly protocolName: string;
  readonly bind: string;
  /** As "namespace/host", or "host" for every namespace. */
  readonly hosts: string[];
  /** The TLS mode; undefined for a server without TLS. */
  readonly tls?: string;
}

/** An Istio Gateway: servers that its selector puts on pods. */
export interface Gateway {
  readonly manifest: Manifest;
  /** "namespace/name", as routes name it. */
  readonly id: string;
  readonly namespace: string;
  readonly selector: Record<string, string>;
  readonly servers: GatewayServer[];
}

/** Reads a Gateway; servers without a port are left out, as istiod does. */
export function toGateway(manifest: Manifest): Gateway {
  const { namespace, name, spec } = manifest;
  return {
    manifest,
    id: `${namespace}/${name}`,
    namespace,
    selector: spec.at('selector').map,
    servers: spec.at('servers').items.flatMap((server) => {
      const port = server.at('port', 'number').number;
      if (port === undefined) return [];
      const protocolName = (server.at('port', 'protocol').text ?? '').toLowerCase();
      const tls = server.at('tls');
      return [
        {
          port,
          portName: server.at('port', 'name').text ?? '',
          protocol: protocolNamed(protocolName),
          protocolName,
          bind: server.at('bind').text ?? '',
          hosts: serverHosts(server.at('hosts').texts, namespace),
          tls: tls.exists ? (tls.at('mode').text ?? 'PASSTHROUGH').toUpperCase() : undefined,
        },
      ];
    }),
  };
}

/** @see sanitizeServerHostNamespace in istio/istio, pilot/pkg/model/gateway.go */
function serverHosts(hosts: string[], namespace: string): string[] {
  const sane = hosts.map((host) => {
    const [scope, name] = parts(host);
    if (scope === '*') return name.toLowerCase();
    return `${scope === '.' ? namespace : scope}/${name.toLowerCase()}`;
  });
  return sane.includes('*') && hosts.includes('*/*') ? ['*'] : sane;
}

function parts(host: string): string[] {
  return host.includes('/') ? host.split('/') : ['*', host];
}

/** The hosts of a server that routes of a namespace may bind to. */
export function hostsFor(server: GatewayServer, namespace: string): string[] {
  return server.hosts.flatMap((host) => {
    const [scope, name] = parts(host);
    return scope === '*' || scope === namespace ? [name] : [];
  });
}

/** The names in a TLS handshake that lead to a server, each once. */
export function serverNames(server: GatewayServer): string[] {
  return [...new Set(server.hosts.map((host) => host.slice(host.indexOf('/') + 1)))].sort();
}
