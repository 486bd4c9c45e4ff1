/** What istiod's configuration of a gateway has over the floor: it is loaded from files, and parts are taken away one after the other. */
import { Configuration, FILES, fromFile, secretFile } from './configuration';

/** Takes a part away, in place. */
interface Part {
  readonly name: string;
  readonly takeAway: (configuration: Configuration) => void;
}

/** What istiod sent, so that it can be read from files: the clusters of hosts, and routes from their file. */
export function fromFiles({ clusters, listeners, routes }: Configuration): Configuration {
  const ofHosts = clusters.filter(({ type }) => type === 'STRICT_DNS');
  const named = JSON.stringify(listeners);
  const known = routes.filter(({ name }) => named.includes(`"route_config_name":"${name}"`));
  const copy = copyOf({ clusters: ofHosts, listeners, routes: known });
  everyObject(copy.listeners, (object) => {
    if (object.rds) object.rds.config_source = fromFile(FILES.routes);
  });
  return copy;
}

/** The configurations that are left, with what was taken away last. */
export function* withLess(whole: Configuration): Generator<{ without: string; left: Configuration }> {
  let left = copyOf(whole);
  for (const { name, takeAway } of PARTS) {
    const less = copyOf(left);
    takeAway(less);
    if (JSON.stringify(less) !== JSON.stringify(left)) yield { without: name, left: less };
    left = less;
  }
}

const copyOf = (configuration: Configuration): Configuration => JSON.parse(JSON.stringify(configuration));

function everyObject(value: any, visit: (object: any) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) visit(value);
  for (const inner of Object.values(value)) everyObject(inner, visit);
}

const drops =
  (...fields: string[]) =>
  ({ clusters, listeners, routes }: Configuration) =>
    everyObject([clusters, listeners, routes], (object) => fields.forEach((field) => delete object[field]));

const SECRETS: Record<string, string> = { default: 'identity', ROOTCA: 'mesh', 'file-root:system': 'public' };

const PARTS: Part[] = [
  {
    name: 'clusters to which no route leads',
    takeAway: (configuration) => {
      const { clusters, listeners, routes } = configuration;
      const used = JSON.stringify([listeners, routes]);
      const kept = clusters.filter(({ name }) => used.includes(`"cluster":"${name}"`));
      clusters.splice(0, clusters.length, ...kept);
    },
  },
  { name: 'a DNS resolver for each cluster', takeAway: drops('typed_dns_resolver_config') },
  {
    name: 'metadata and names for telemetry',
    // Listeners have none but their tracing's, which is once.
    takeAway: ({ clusters, routes }) =>
      drops('metadata', 'alt_stat_name', 'decorator')({ clusters, listeners: [], routes }),
  },
  {
    name: 'policies in every server',
    takeAway: ({ listeners }) =>
      everyObject(listeners, (object) => {
        if (object.filter_chain_match?.server_names) {
          object.filters = object.filters.filter(({ name }: any) => name !== 'envoy.filters.network.rbac');
        }
      }),
  },
  {
    name: 'a second form of the authority in policies',
    takeAway: ({ listeners }) =>
      everyObject(listeners, (object) => {
        const isSecond = ({ header }: any) => header?.name === ':authority' && /:80$/.test(header.string_match?.exact);
        if (Array.isArray(object.rules)) object.rules = object.rules.filter((rule: any) => !isSecond(rule));
      }),
  },
  {
    name: 'the authority read once more by routes',
    takeAway: ({ routes }) =>
      everyObject(routes, (object) => {
        if (object.match) delete object.match.headers;
      }),
  },
  {
    name: 'headers taken away by each route',
    takeAway: ({ routes }) => {
      for (const route of routes) {
        let removed: string[] | undefined;
        everyObject(route.virtual_hosts, (object) => {
          removed ??= object.request_headers_to_remove;
          delete object.request_headers_to_remove;
        });
        route.request_headers_to_remove = removed;
      }
    },
  },
  {
    name: 'limits, weights and times',
    takeAway: drops(
      'circuit_breakers',
      'lb_policy',
      'common_lb_config',
      'connect_timeout',
      'dns_jitter',
      'dns_lookup_family',
      'respect_dns_ttl',
      'load_balancing_weight',
      'locality',
      'transport_socket_connect_timeout',
      'include_request_attempt_count',
      'max_grpc_timeout',
      'case_sensitive',
      'ignore_case',
    ),
  },
  {
    name: 'where certificates come from, and settings of TLS',
    takeAway: (configuration) => {
      everyObject([configuration.clusters, configuration.listeners], (object) => {
        if (!object.sds_config) return;
        object.name = SECRETS[object.name];
        object.sds_config = fromFile(secretFile(object.name));
      });
      drops('tls_params', 'alpn_protocols')(configuration);
    },
  },
];
