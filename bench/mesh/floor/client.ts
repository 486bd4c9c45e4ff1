/**
 * The least that an Envoy beside an application needs to lead it to the gateway for the hosts that are listed, and for no others. All
 * hosts share a cluster. Those of TLS and TCP have a filter chain each, so that a new one ends no other's connections, and it says for
 * which host the mutual TLS to the gateway asks.
 */
import {
  authorityOf,
  CALLED,
  Configuration,
  EXIT,
  extension,
  httpFilter,
  isHttp,
  listener,
  mutual,
  namedCluster,
  readsServerName,
  tcpFilter,
} from './configuration';
import { addressOf } from '../documentation';
import { Pattern } from '../patterns';

/** Where calls are led that the application makes on the port of the pattern. */
export const CAPTURED = 15101;

const GATEWAY = 'gateway';

export function clientFloor(pattern: Pattern, hosts: string[]): Configuration {
  const address = `${EXIT.name}.${EXIT.namespace}.svc.cluster.local`;
  const identity = `spiffe://cluster.local/ns/${EXIT.namespace}/sa/${EXIT.name}`;
  const port = isHttp(pattern) ? 80 : 443;
  const clusters = [namedCluster(GATEWAY, address, port, { common_tls_context: mutual(identity) })];
  if (isHttp(pattern)) return { clusters, listeners: [HTTP], routes: [routes(pattern, hosts)] };
  return { clusters, listeners: hosts.length > 0 ? [opaqueListener(pattern, hosts)] : [], routes: [] };
}

const HTTP = listener('http', CAPTURED, { filter_chains: [{ filters: [httpFilter([])] }] });

const routes = (pattern: Pattern, hosts: string[]) => ({
  name: 'hosts',
  virtual_hosts:
    hosts.length > 0
      ? [
          {
            name: GATEWAY,
            domains: hosts.map((host) => authorityOf(pattern, host)),
            routes: [{ match: { prefix: '/' }, route: { cluster: GATEWAY, timeout: '0s' } }],
          },
        ]
      : [],
});

const opaqueListener = (pattern: Pattern, hosts: string[]) =>
  listener('opaque', CAPTURED, {
    listener_filters: [
      pattern === 'tcp' ? extension('dst', 'filters.listener.original_dst.v3.OriginalDst') : readsServerName,
    ],
    filter_chains: hosts.map((host, index) => ({
      filter_chain_match: pattern === 'tcp' ? byAddress(addressOf(index)) : { server_names: [host] },
      filters: [asksFor(host), tcpFilter(GATEWAY)],
    })),
  });

const byAddress = (address_prefix: string) => ({
  destination_port: CALLED.tcp,
  prefix_ranges: [{ address_prefix, prefix_len: 32 }],
});

const asksFor = (host: string) =>
  extension('sni', 'filters.network.set_filter_state.v3.Config', {
    on_new_connection: [
      {
        object_key: 'envoy.network.upstream_server_name',
        format_string: { text_format_source: { inline_string: host } },
      },
    ],
  });
