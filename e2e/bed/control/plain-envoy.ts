import { api } from '../api';
import { OF_THE_BED } from '../layout';

const connectionManager = 'envoy.filters.network.http_connection_manager';

const named = (name: string) => ({
  listener: { filterChain: { filter: { name: connectionManager, subFilter: { name } } } },
});

const remove = (name: string) => ({ applyTo: 'HTTP_FILTER', match: named(name), patch: { operation: 'REMOVE' } });

const keep = (object_key: string, inline_string: string, factory_key?: string) => ({
  object_key,
  ...(factory_key && { factory_key }),
  format_string: { text_format_source: { inline_string } },
  shared_with_upstream: 'ONCE',
});

/** What Istio's own filter remembers of a tunnel for what comes out of it, with the types of values that upstream Envoy knows. */
const CONNECT_AUTHORITY = {
  name: 'connect_authority',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.set_filter_state.v3.Config',
    on_request_headers: [
      keep('envoy.filters.listener.original_dst.local_ip', '%REQ(:AUTHORITY)%'),
      keep('envoy.filters.listener.original_dst.remote_ip', '%DOWNSTREAM_REMOTE_ADDRESS%'),
      keep('io.istio.peer_principal', '%DOWNSTREAM_PEER_URI_SAN%', 'envoy.string'),
      keep('io.istio.local_principal', '%DOWNSTREAM_LOCAL_URI_SAN%', 'envoy.string'),
    ],
  },
};

/** Lets upstream Envoy serve as a waypoint: takes out filters that only Istio's build has. No mesh has it beside this bed. */
export async function adaptWaypoints(): Promise<void> {
  const name = 'plain-envoy';
  const path = `/apis/networking.istio.io/v1alpha3/namespaces/istio-system/envoyfilters/${name}`;
  const metadata = {
    name,
    namespace: 'istio-system',
    labels: { [OF_THE_BED]: 'true' },
    annotations: { 'galley.istio.io/analyze-suppress': '*' },
  };
  const spec = {
    targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'GatewayClass', name: 'istio-waypoint' }],
    configPatches: [
      remove('waypoint_downstream_peer_metadata'),
      remove('waypoint_upstream_peer_metadata'),
      {
        applyTo: 'HTTP_FILTER',
        match: named('connect_authority'),
        patch: { operation: 'REPLACE', value: CONNECT_AUTHORITY },
      },
    ],
  };
  await api.apply(path, { apiVersion: 'networking.istio.io/v1alpha3', kind: 'EnvoyFilter', metadata, spec }, 'bed');
}
