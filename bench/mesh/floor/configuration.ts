import { CLIENT, Pattern } from '../patterns';

/** What an Envoy is told, in the form of its API. */
export interface Configuration {
  readonly clusters: any[];
  readonly listeners: any[];
  readonly routes: any[];
}

/** The account that may call, whose name its certificate bears. */
export const CALLER = `spiffe://cluster.local/ns/${CLIENT.namespace}/sa/${CLIENT.workload}`;

/** The gateway: a pod of the shape of Istio's documentation, whose proxy has no hosts. */
export const EXIT = { namespace: 'istio-egress', name: 'istio-egressgateway' };

export const isHttp = (pattern: Pattern) => pattern !== 'tls-passthrough' && pattern !== 'tcp';

/** The port on which applications call a host. */
export const CALLED: Record<Pattern, number> = {
  http: 80,
  'tls-origination': 80,
  'tls-origination-8080': 8080,
  'tls-passthrough': 443,
  tcp: 5432,
};

/** What applications write into the Host header. */
export const authorityOf = (pattern: Pattern, host: string) =>
  CALLED[pattern] === 80 ? host : `${host}:${CALLED[pattern]}`;

/** An extension of Envoy's, by the last words of its type. */
export const extension = (name: string, type: string, fields: object = {}) => ({
  name,
  typed_config: { '@type': `type.googleapis.com/envoy.extensions.${type}`, ...fields },
});

/** Files beside a configuration, which Envoy reads again when they change; relative to where it runs. */
export const FILES = { clusters: './cds.json', listeners: './lds.json', routes: './rds.json' };

export const fromFile = (path: string) => ({ path_config_source: { path } });

/** A secret has a file to itself. */
export const secretFile = (name: string) => `./${name}.json`;

const secret = (name: string) => ({ name, sds_config: fromFile(secretFile(name)) });

const verified = (authority: string, type: 'DNS' | 'URI', exact: string) => ({
  combined_validation_context: {
    default_validation_context: { match_typed_subject_alt_names: [{ san_type: type, matcher: { exact } }] },
    validation_context_sds_secret_config: secret(authority),
  },
});

/** The proxy's own certificate, and the identity that the other side has to have. */
export const mutual = (identity: string) => ({
  tls_certificate_sds_secret_configs: [secret('identity')],
  ...verified('mesh', 'URI', identity),
});

/** TLS with a host outside, whose certificate has to bear its name. */
export const verifiedHost = (host: string) => verified('public', 'DNS', host);

/** Certificates by their files. */
export const secrets = (own: { certificate: string; key: string; root: string }, publicRoot: string) => [
  {
    name: 'identity',
    tls_certificate: { certificate_chain: { filename: own.certificate }, private_key: { filename: own.key } },
  },
  { name: 'mesh', validation_context: { trusted_ca: { filename: own.root } } },
  { name: 'public', validation_context: { trusted_ca: { filename: publicRoot } } },
];

/** A cluster of the addresses that a name has, looked up as often as istiod lets gateways do it. */
export const namedCluster = (name: string, address: string, port: number, tls?: object) => ({
  name,
  type: 'STRICT_DNS',
  dns_refresh_rate: '60s',
  load_assignment: {
    cluster_name: name,
    endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address, port_value: port } } } }] }],
  },
  transport_socket: tls && extension('tls', 'transport_sockets.tls.v3.UpstreamTlsContext', tls),
});

/** The filter that reads HTTP; its routes are in a file of their own. */
export const httpFilter = (filters: object[]) =>
  extension('http', 'filters.network.http_connection_manager.v3.HttpConnectionManager', {
    stat_prefix: 'http',
    rds: { route_config_name: 'hosts', config_source: fromFile(FILES.routes) },
    http_filters: [...filters, extension('router', 'filters.http.router.v3.Router', { suppress_envoy_headers: true })],
  });

export const tcpFilter = (cluster: string) =>
  extension('tcp', 'filters.network.tcp_proxy.v3.TcpProxy', { stat_prefix: 'tcp', cluster });

export const readsServerName = extension('tls', 'filters.listener.tls_inspector.v3.TlsInspector');

export const listener = (name: string, port: number, fields: object) => ({
  name,
  address: { socket_address: { address: '0.0.0.0', port_value: port } },
  ...fields,
});
