import { Catalogue, first, NETWORKING, object, waypoint } from './aim';

/** What changes proxies, or what they enforce. */
export const PROXIES: Catalogue = {
  'Sidecar that allows any': (aim) => [
    object(aim, NETWORKING, 'Sidecar', 'default', {
      outboundTrafficPolicy: { mode: 'ALLOW_ANY' },
      egress: [{ hosts: ['*/*'] }],
    }),
  ],
  'AuthorizationPolicy for the exit’s labels': (aim) => [
    object(aim, 'security.istio.io/v1', 'AuthorizationPolicy', 'allow', {
      selector: { matchLabels: { istio: first.name } },
      rules: [{}],
    }),
  ],
  'AuthorizationPolicy that targets the host’s ServiceEntry': (aim) => [
    object(aim, 'security.istio.io/v1', 'AuthorizationPolicy', 'allow-target', {
      targetRefs: [{ group: 'networking.istio.io', kind: 'ServiceEntry', name: `${waypoint.name}.${aim.host}` }],
      rules: [{}],
    }),
  ],
  'PeerAuthentication without mutual TLS': (aim) => [
    object(aim, 'security.istio.io/v1', 'PeerAuthentication', 'default', { mtls: { mode: 'DISABLE' } }),
  ],
  'Telemetry that logs nothing': (aim) => [
    object(aim, 'telemetry.istio.io/v1', 'Telemetry', 'silent', { accessLogging: [{ disabled: true }] }),
  ],
  'EnvoyFilter that takes the policies away': (aim) => [
    object(aim, 'networking.istio.io/v1alpha3', 'EnvoyFilter', 'no-rbac', {
      workloadSelector: { labels: { istio: first.name } },
      configPatches: [
        {
          applyTo: 'HTTP_FILTER',
          match: {
            context: 'GATEWAY',
            listener: {
              filterChain: {
                filter: {
                  name: 'envoy.filters.network.http_connection_manager',
                  subFilter: { name: 'envoy.filters.http.rbac' },
                },
              },
            },
          },
          patch: { operation: 'REMOVE' },
        },
      ],
    }),
  ],
  'WasmPlugin on the exit': (aim) => [
    object(aim, 'extensions.istio.io/v1alpha1', 'WasmPlugin', 'wasm', {
      selector: { matchLabels: { istio: first.name } },
      url: 'file:///nonexistent.wasm',
      phase: 'AUTHZ',
    }),
  ],
};
