/**
 * The least that an Envoy needs to be a gateway with the policy that this library's gateways have, written by hand: every host has a
 * cluster of its own, verified where the gateway originates TLS; calls without the caller's identity are refused; headers of the mesh
 * are taken away; what is not listed is closed. A host comes and goes without a connection to another one ending: what is one filter
 * chain ends as one, which is why TLS and TCP hosts have one each.
 */
import {
  authorityOf,
  CALLER,
  Configuration,
  extension,
  httpFilter,
  isHttp,
  listener,
  mutual,
  namedCluster,
  readsServerName,
  tcpFilter,
  verifiedHost,
} from './configuration';
import { MESH_HEADERS } from '../../../src/destination/http-headers';
import { Pattern } from '../patterns';

/** Where the gateway's pods listen. */
export const LISTENS = { http: 8080, opaque: 8443 };

const UPSTREAM_PORT: Record<Pattern, number> = {
  http: 80,
  'tls-origination': 443,
  'tls-origination-8080': 443,
  'tls-passthrough': 443,
  tcp: 5432,
};

export function gatewayFloor(pattern: Pattern, hosts: string[]): Configuration {
  const originates = isHttp(pattern) && pattern !== 'http';
  const clusters = hosts.map((host) => {
    const tls = originates ? { sni: host, common_tls_context: verifiedHost(host) } : undefined;
    return namedCluster(host, host, UPSTREAM_PORT[pattern], tls);
  });
  if (isHttp(pattern)) return { clusters, listeners: [httpListener(pattern, hosts)], routes: [routes(pattern, hosts)] };
  return { clusters, listeners: hosts.length > 0 ? [opaqueListener(hosts)] : [], routes: [] };
}

const hop = (context: object) =>
  extension('tls', 'transport_sockets.tls.v3.DownstreamTlsContext', {
    common_tls_context: context,
    require_client_certificate: true,
  });

const allowed = (pattern: Pattern, hosts: string[]) =>
  extension('rbac', 'filters.http.rbac.v3.RBAC', {
    rules: {
      policies:
        hosts.length > 0
          ? {
              checkout: {
                permissions: hosts.map((host) => ({
                  header: { name: ':authority', string_match: { exact: authorityOf(pattern, host) } },
                })),
                principals: [{ authenticated: { principal_name: { exact: CALLER } } }],
              },
            }
          : {},
    },
  });

const httpListener = (pattern: Pattern, hosts: string[]) =>
  listener('http', LISTENS.http, {
    filter_chains: [{ filters: [httpFilter([allowed(pattern, hosts)])], transport_socket: hop(mutual(CALLER)) }],
  });

const routes = (pattern: Pattern, hosts: string[]) => ({
  name: 'hosts',
  request_headers_to_remove: MESH_HEADERS,
  virtual_hosts: hosts.map((host) => ({
    name: host,
    domains: [authorityOf(pattern, host)],
    routes: [{ match: { prefix: '/' }, route: { cluster: host, timeout: '0s' } }],
  })),
});

/** The handshake asks for the identity, so that a server that speaks first says nothing to anybody else. */
const opaqueListener = (hosts: string[]) =>
  listener('opaque', LISTENS.opaque, {
    listener_filters: [readsServerName],
    filter_chains: hosts.map((host) => ({
      filter_chain_match: { server_names: [host] },
      filters: [tcpFilter(host)],
      transport_socket: hop(mutual(CALLER)),
    })),
  });
