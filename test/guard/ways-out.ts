import {
  AdmissionGuard,
  AdmissionGuardProps,
  EgressClient,
  EgressGuard,
  GuardedNamespaces,
  GuardMode,
  InCluster,
  MeshSettings,
  SidecarExit,
  TlsPassthroughEgress,
} from '../../src';
import { world } from '../fixtures';

/** An app with an admission guard that enforces, and what makes guards beside it. */
export function guarded(props: Partial<AdmissionGuardProps> = {}, mesh?: MeshSettings) {
  const fixture = world(undefined, mesh);
  const admission = new AdmissionGuard(fixture.platform, 'Admission', { mode: GuardMode.ENFORCE, ...props });
  const guard = (id: string, namespace: string, mode: GuardMode) =>
    new EgressGuard(fixture.platform, id, {
      namespaces: GuardedNamespaces.named([namespace]),
      inCluster: InCluster.none().andKubernetesApi(['192.0.2.1']),
      cluster: { nodeLocalDns: ['169.254.20.10'] },
      mode,
      admission,
    });
  return { ...fixture, admission, guard };
}

/** An app with an exit, a closed and an observed namespace, and one with direct calls. */
export function usual() {
  const fixture = guarded({ clusterRanges: ['10.244.0.0/16'], identityProviders: ['keys.example'] });
  fixture.guard('Closed', 'payments', GuardMode.ENFORCE);
  fixture.guard('Watched', 'legacy', GuardMode.OBSERVE);
  const clients = [EgressClient.namespace('tools')];
  const exit = new SidecarExit();
  new TlsPassthroughEgress(fixture.chart, 'Direct', { hosts: ['*.d.example', 'a.direct.example'], exit, clients });
  return fixture.manifests().all;
}

const GROUPS: { [kind: string]: string } = {
  EnvoyFilter: 'networking.istio.io/v1alpha3',
  ProxyConfig: 'networking.istio.io/v1beta1',
  NetworkPolicy: 'networking.k8s.io/v1',
  WasmPlugin: 'extensions.istio.io/v1alpha1',
  TrafficExtension: 'extensions.istio.io/v1alpha1',
  Telemetry: 'telemetry.istio.io/v1',
  RequestAuthentication: 'security.istio.io/v1',
  HTTPRoute: 'gateway.networking.k8s.io/v1',
  GRPCRoute: 'gateway.networking.k8s.io/v1',
  TLSRoute: 'gateway.networking.k8s.io/v1',
  BackendTLSPolicy: 'gateway.networking.k8s.io/v1',
  EndpointSlice: 'discovery.k8s.io/v1',
  Endpoints: 'v1',
  Service: 'v1',
};

/** Those that say what they say without a spec. */
const WITHOUT_SPEC = ['EndpointSlice', 'Endpoints'];

/** An object for the API server. */
export function object(kind: string, spec: object | undefined, namespace = 'payments') {
  const content = WITHOUT_SPEC.includes(kind) ? spec : { spec };
  return { apiVersion: GROUPS[kind] ?? 'networking.istio.io/v1', kind, metadata: { name: 'x', namespace }, ...content };
}

/** A VirtualService or ServiceEntry for a host outside. */
export const entry = (spec: object) => ({ hosts: ['evil.example'], exportTo: ['.'], ...spec });
export const EXIT = 'istio-egress';

/** A part of a Gateway API route that does nothing by itself. */
const onEntry = { group: 'networking.istio.io', kind: 'ServiceEntry', name: 'x' };
const onExit = { name: 'istio-egress', namespace: EXIT };
const exitService = { host: 'istio-egress.istio-egress.svc.cluster.local' };
const toExit = [{ route: [{ destination: exitService }] }];
const toOwn = [{ destination: { host: 'own' } }];
const hostname = { group: 'networking.istio.io', kind: 'Hostname', name: exitService.host, port: 80 };
const slice = (...addresses: string[]) => ({
  addressType: addresses[0].includes(':') ? 'IPv6' : 'IPv4',
  endpoints: addresses.map((address) => ({ addresses: [address] })),
  ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
});
const subsets = (...ips: string[]) => ({ subsets: [{ addresses: ips.map((ip) => ({ ip })), ports: [{ port: 80 }] }] });
const jwt = (rule: object) => ({ jwtRules: [{ issuer: 'us', ...rule }] });
/** A key set that Istio takes. */
const KEYS =
  '{"keys":[{"kty":"RSA","e":"AQAB","n":"xAE7eB6qugXyCAG3yhh7pkDkT65pHymX-P7KfIupjf59vsdo91bSP9C8H07pSAGQO1MV_xFj9VswgsCg4R6otmg5PV2He95lZdHtOcU5DXIg_pbhLdKXbi66GlVeK6ABZOUW3WYtnNHD-91gVuoeJT_DwtGGcp4ignkgXfkiEm4sw-4sfb4qdt5oLbyVpmW6x9cfa7vs2WTfURiCrBoUqgBo_-4WTiULmmHSGZHOjzwa8WtrtOQGsAFjIbno85jp6MnGGGZPYZbDAa_b3y5u-YpW7ypZrvD8BgtKVjgtQgZhLAGezMt0ua3DRrWnKqTZ0BJ_EyxOGuHJrLsn00fnMQ"}]}';

const imports = (...hosts: string[]) => ({ egress: [{ hosts }] });

/** What must not be applied, and what is said of it. */
export const BAD: [kind: string, spec: object, message: string, namespace?: string][] = [
  ...['VirtualService', 'ServiceEntry'].flatMap((kind) =>
    [['shop'], ['.', 'shop'], [EXIT], ['*'], ['elsewhere', '.'], undefined].map(
      (exportTo): [string, object, string] => [
        kind,
        entry({ exportTo, ...(kind === 'ServiceEntry' && { resolution: 'STATIC' }) }),
        'other namespaces',
      ],
    ),
  ),
  ['ServiceEntry', entry({ exportTo: ['shop'], resolution: 'STATIC', addresses: ['192.0.2.9'] }), 'other namespaces'],
  ['ServiceEntry', entry({ exportTo: ['*'], resolution: 'NONE', addresses: ['192.0.2.9'] }), 'resolution NONE'],
  [
    'ServiceEntry',
    entry({ exportTo: ['~'], resolution: 'STATIC', workloadSelector: { labels: { a: 'b' } } }),
    'past the exits',
  ],
  ['DestinationRule', { host: 'evil.example', exportTo: ['shop'] }, 'how to connect'],
  ['VirtualService', { hosts: ['2001:db8::1'], exportTo: ['*'] }, 'routes a host outside'],
  // Under a name that may be called directly, somewhere else.
  ...[
    { endpoints: [{ address: 'evil.example' }] },
    { endpoints: [{ address: '192.0.2.66' }], resolution: 'STATIC' },
    { ports: [{ number: 22, name: 'tcp', protocol: 'TCP' }] },
    { ports: [{ number: 443, name: 'tls', protocol: 'TLS', targetPort: 22 }] },
    { workloadSelector: { labels: { a: 'b' } }, resolution: 'STATIC' },
    { hosts: ['a.direct.example', 'evil.example'] },
  ].map((spec): [string, object, string, string] => [
    'ServiceEntry',
    entry({
      hosts: ['a.direct.example'],
      resolution: 'DNS',
      ports: [{ number: 443, name: 'tls', protocol: 'TLS' }],
      ...spec,
    }),
    'past the exits',
    'tools',
  ]),
  // Addresses that the guard makes known, and others.
  ...[
    { addresses: ['169.254.20.10', '192.0.2.66'] },
    { addresses: ['169.254.20.10'], ports: [{ number: 80, name: 'tcp', protocol: 'TCP' }] },
    { addresses: ['169.254.20.10'], ports: [{ number: 53, name: 'tcp', protocol: 'TCP', targetPort: 22 }] },
    { addresses: [] },
  ].map((spec): [string, object, string] => [
    'ServiceEntry',
    entry({ resolution: 'NONE', ports: [{ number: 53, name: 'tcp', protocol: 'TCP' }], ...spec }),
    'resolution NONE',
  ]),
  ['WorkloadEntry', { address: '192.0.2.66', labels: { app: 'web' } }, 'gives an address'],
  ['WorkloadEntry', { address: 'unix:///tmp/x', labels: { app: 'web' } }, 'gives an address'],
  ['WorkloadGroup', { template: { serviceAccount: 'web' } }, 'be a WorkloadEntry'],
  ['EndpointSlice', slice('192.0.2.66'), 'addresses by hand'],
  ['EndpointSlice', slice('10.244.0.7', '192.0.2.66'), 'addresses by hand'],
  ['EndpointSlice', slice('2001:db8::66'), 'addresses by hand'],
  ['EndpointSlice', { ...slice('evil.example'), addressType: 'FQDN' }, 'addresses by hand'],
  [
    'EndpointSlice',
    { ...slice('192.0.2.66'), endpoints: [{ addresses: ['192.0.2.66'], targetRef: { kind: 'Pod', name: 'web' } }] },
    'addresses by hand',
  ],
  ['Endpoints', subsets('192.0.2.66'), 'addresses by hand'],
  [
    'Endpoints',
    { subsets: [{ notReadyAddresses: [{ ip: '192.0.2.66' }], ports: [{ port: 80 }] }] },
    'addresses by hand',
  ],
  ['Service', { type: 'ExternalName', externalName: 'evil.example' }, 'another name'],
  ['Service', { type: 'ExternalName', externalName: 'x.svc.cluster.local.evil.example' }, 'another name'],
  ['Service', { type: 'ExternalName', externalName: '192.0.2.66' }, 'another name'],
  ['Service', { selector: { a: 'b' }, ports: [{ port: 443 }], externalIPs: ['192.0.2.66'] }, 'externalIPs'],
  ['WasmPlugin', { url: 'oci://evil.example/x' }, 'past all rules', 'other'],
  ['TrafficExtension', {}, 'past all rules', 'other'],
  ['ProxyConfig', { environmentVariables: { A: 'b' } }, 'variables of the proxies'],
  ...[
    { accessLogging: [{ disabled: true }], selector: { matchLabels: { app: 'web' } } },
    { accessLogging: [{ providers: [{ name: 'other' }] }] },
    { accessLogging: [{ providers: [{ name: 'envoy' }], filter: { expression: 'false' } }] },
    { accessLogging: [] },
    { tracing: [{ disableSpanReporting: true }] },
  ].map((spec): [string, object, string] => ['Telemetry', spec, 'how calls are logged']),
  ...['HTTPRoute', 'GRPCRoute', 'TLSRoute'].flatMap((kind): [string, object, string][] => [
    [kind, { parentRefs: [onEntry] }, "a ServiceEntry's host"],
    [kind, { parentRefs: [{ name: 'own' }, onExit] }, "a ServiceEntry's host"],
  ]),
  ['BackendTLSPolicy', { targetRefs: [onEntry] }, 'how to connect'],
  ['RequestAuthentication', jwt({ jwksUri: 'https://evil.example/?data' }), 'fetch keys'],
  ['RequestAuthentication', jwt({ issuer: 'https://evil.example' }), 'fetch keys'],
  ['RequestAuthentication', jwt({ jwksUri: 'https://keys.example@evil.example/x' }), 'fetch keys'],
  ['RequestAuthentication', jwt({ jwksUri: 'https://x.svc.cluster.local:x@evil.example/x' }), 'fetch keys'],
  [
    'RequestAuthentication',
    { jwtRules: [{ issuer: 'us', jwks: KEYS }, { issuer: 'https://evil.example' }] },
    'fetch keys',
  ],
  ['Sidecar', { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } }, "the guard's Sidecar"],
  ['Sidecar', { workloadSelector: { labels: { a: 'b' } }, ...imports('*/*') }, "the guard's Sidecar"],
  ['Sidecar', imports('./*', 'tools/*'), "the guard's Sidecar"],
  ['Sidecar', imports('./*', '*/evil.example'), "the guard's Sidecar"],
  ['VirtualService', entry({ gateways: ['istio-egress/istio-egress'] }), 'binds to a Gateway'],
  ['VirtualService', { hosts: ['own'], http: toExit }, 'leads calls of other namespaces to an exit'],
  ['VirtualService', { hosts: ['own'], tcp: toExit }, 'leads calls of other namespaces to an exit'],
  [
    'VirtualService',
    { hosts: ['own'], http: [{ route: toOwn, mirror: exitService }], exportTo: ['shop'] },
    'leads calls of other namespaces to an exit',
  ],
  ['VirtualService', { http: toExit, exportTo: ['.'] }, 'leads calls of other namespaces to an exit'],
  ...[
    { rewrite: { authority: 'api.bank.example' } },
    { headers: { request: { set: { Host: 'api.bank.example' } } } },
  ].flatMap((change): [string, object, string][] => [
    ['VirtualService', { hosts: ['own'], http: [{ route: toOwn, ...change }] }, 'the name of a host outside'],
    ['VirtualService', { http: [{ route: toOwn, ...change }], exportTo: ['.'] }, 'the name of a host outside'],
  ]),
  [
    'VirtualService',
    { hosts: ['own'], http: [{ route: [{ ...toOwn[0], headers: { request: { add: { host: 'x' } } } }] }] },
    'the name of a host outside',
  ],
  ...[
    { type: 'URLRewrite', urlRewrite: { hostname: 'api.bank.example' } },
    { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'Host', value: 'api.bank.example' }] } },
  ].map((filter): [string, object, string] => [
    'HTTPRoute',
    { parentRefs: [{ group: '', kind: 'Service', name: 'own' }], rules: [{ filters: [filter] }] },
    'the name of a host outside',
  ]),
  ['HTTPRoute', { rules: [{ backendRefs: [{ ...onExit, port: 80 }] }] }, 'leads calls to an exit'],
  ['HTTPRoute', { rules: [{ backendRefs: [hostname] }] }, 'leads calls to an exit'],
  [
    'HTTPRoute',
    { rules: [{ filters: [{ type: 'RequestMirror', requestMirror: { backendRef: hostname } }] }] },
    'leads calls to an exit',
  ],
  ['VirtualService', entry({ gateways: ['mesh', 'istio-egress/x'] }), 'binds to a Gateway'],
  ['VirtualService', entry({ gateways: ['x.istio-egress.svc.cluster.local'] }), 'binds to a Gateway'],
  ['VirtualService', entry({ gateways: ['x.istio-egress'] }), 'binds to a Gateway'],
  ['VirtualService', entry({ exportTo: ['*'] }), 'routes a host outside'],
  ['VirtualService', entry({ exportTo: undefined }), 'routes a host outside'],
  ['VirtualService', entry({ exportTo: [] }), 'routes a host outside'],
  ['VirtualService', entry({ exportTo: ['.', EXIT] }), 'routes a host outside'],
  ['VirtualService', entry({ exportTo: undefined, hosts: ['reviews', '*.com'] }), 'routes a host outside'],
  ['VirtualService', entry({ exportTo: undefined, hosts: ['*.example'] }), 'routes a host outside'],
  ['VirtualService', entry({ exportTo: undefined, gateways: ['mesh', 'own'] }), 'routes a host outside'],
  ['DestinationRule', { host: 'evil.example' }, 'how to connect'],
  ['DestinationRule', { host: '*', exportTo: ['*'] }, 'how to connect'],
  ['DestinationRule', { host: 'evil.example', exportTo: [EXIT] }, 'how to connect'],
  ...(['credentialName', 'insecureSkipVerify'] as const).flatMap((field) => {
    const tls = { mode: 'SIMPLE', [field]: field === 'credentialName' ? 'c' : true };
    const message = field === 'credentialName' ? 'names a credential' : 'unverified';
    const rule = (spec: object) => ['DestinationRule', { host: 'evil.example', exportTo: ['.'], ...spec }, message];
    const other = { port: { number: 80 }, tls: { mode: 'DISABLE' } };
    const onPort = { portLevelSettings: [other, { port: { number: 443 }, tls }] };
    return [
      rule({ trafficPolicy: { tls } }),
      rule({ trafficPolicy: onPort }),
      rule({ subsets: [{ name: 'a' }, { name: 'b', trafficPolicy: { tls } }] }),
      rule({ subsets: [{ name: 'b', trafficPolicy: onPort }] }),
    ] as [string, object, string][];
  }),
  ...['sa.5432.db.example', 'NS.shop.443-any.example'].flatMap((sni) => {
    const tls = { mode: 'ISTIO_MUTUAL', sni };
    const policies = [
      { trafficPolicy: { tls } },
      { trafficPolicy: { portLevelSettings: [{ port: { number: 80 }, tls }] } },
      { subsets: [{ name: 'b', trafficPolicy: { tls } }], exportTo: ['shop'] },
    ];
    return policies.map((spec): [string, object, string] => [
      'DestinationRule',
      { host: 'own', ...spec },
      'ask for a server of an exit',
    ]);
  }),
  [
    'DestinationRule',
    { host: 'proxy', trafficPolicy: { tunnel: { targetHost: 'x.example', targetPort: 443 } } },
    'forward proxy',
  ],
  ['ServiceEntry', entry({ resolution: 'NONE' }), 'resolution NONE'],
  ['ServiceEntry', entry({}), 'resolution NONE'],
  ['ServiceEntry', entry({ resolution: 'DNS' }), 'past the exits'],
  ['ServiceEntry', entry({ resolution: 'DNS_ROUND_ROBIN' }), 'past the exits'],
  ['ServiceEntry', entry({ resolution: 'STATIC', endpoints: [{ address: '192.0.2.1' }] }), 'past the exits'],
  ['ServiceEntry', entry({ resolution: 'STATIC', workloadSelector: { labels: { a: 'b' } } }), 'past the exits'],
  ['ServiceEntry', entry({ resolution: 'DYNAMIC_DNS', hosts: ['*.evil.example'] }), 'DYNAMIC_DNS'],
  ['ServiceEntry', entry({ resolution: 'DYNAMIC_DNS', hosts: ['*.e.example'] }), 'DYNAMIC_DNS', 'tools'],
  ['ServiceEntry', entry({ resolution: 'DYNAMIC_DNS', hosts: ['*.d.example', '*.e.example'] }), 'DYNAMIC', 'tools'],
  ['Gateway', { selector: { istio: EXIT } }, "take an exit's pods"],
  ['Gateway', { selector: { team: 'x' } }, "take an exit's pods"],
  ['Gateway', {}, "take an exit's pods"],
  ['Sidecar', { outboundTrafficPolicy: { mode: 'ALLOW_ANY' } }, 'ALLOW_ANY'],
  ['EnvoyFilter', {}, 'past all rules', 'other'],
  ['NetworkPolicy', { egress: [{}] }, 'opens addresses'],
  ['NetworkPolicy', { egress: [{ ports: [{ port: 443 }] }] }, 'opens addresses'],
  ['NetworkPolicy', { egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }] }, 'opens addresses'],
  [
    'NetworkPolicy',
    { egress: [{ to: [{ podSelector: {} }, { ipBlock: { cidr: '8.8.8.8/32' } }] }] },
    'opens addresses',
  ],
  ['NetworkPolicy', { egress: [{ to: [{ ipBlock: { cidr: '169.254.20.10/32' } }] }] }, 'opens addresses'],
  [
    'NetworkPolicy',
    { egress: [{ to: [{ ipBlock: { cidr: '192.0.2.1/32' } }], ports: [{ port: 6443, endPort: 7000 }] }] },
    'opens addresses',
  ],
];

/** What others write every day, and must go on writing. */
export const GOOD: [kind: string, spec: object | undefined, namespace?: string][] = [
  ['VirtualService', entry({ gateways: ['istio-ingress/gateway'], exportTo: undefined })],
  ['VirtualService', entry({ gateways: ['own', './other'], exportTo: undefined })],
  ['VirtualService', { hosts: ['reviews', 'a.payments.svc.cluster.local'] }],
  ['VirtualService', { hosts: ['reviews'], http: [{ route: toOwn }], tcp: [{ route: toOwn }] }],
  ['VirtualService', { hosts: ['reviews'], http: toExit, exportTo: ['.'] }],
  ['VirtualService', { hosts: ['reviews'], http: [{ route: toOwn, rewrite: { uri: '/', authority: 'own' } }] }],
  ['VirtualService', { hosts: ['*.payments.svc.cluster.local'] }],
  ['VirtualService', entry({ exportTo: ['payments'] })],
  ['ServiceEntry', entry({ exportTo: ['~'], resolution: 'STATIC' })],
  [
    'ServiceEntry',
    entry({ resolution: 'DNS', hosts: ['a.direct.example'], ports: [{ number: 443, name: 'tls', protocol: 'TLS' }] }),
    'tools',
  ],
  ['EndpointSlice', slice('10.244.0.7', '10.244.255.1')],
  ['Endpoints', subsets('10.244.0.7')],
  ['Service', { selector: { app: 'web' }, ports: [{ port: 80 }] }],
  ['Service', { type: 'ExternalName', externalName: 'web.shop.svc.cluster.local' }],
  ['ProxyConfig', { concurrency: 2 }],
  ['Telemetry', { tracing: [{ disableSpanReporting: true }], selector: { matchLabels: { app: 'web' } } }],
  ['Telemetry', { accessLogging: [{ providers: [{ name: 'envoy' }] }], selector: { matchLabels: { app: 'web' } } }],
  ['Telemetry', { accessLogging: [{ disabled: true }] }, 'other'],
  ['HTTPRoute', { parentRefs: [{ name: 'own' }, { kind: 'Service', group: '', name: 'web' }] }],
  ['RequestAuthentication', jwt({ jwksUri: 'https://keys.example/jwks' })],
  ['RequestAuthentication', jwt({ jwks: KEYS })],
  ['RequestAuthentication', jwt({ jwksUri: 'http://keys.shop.svc.cluster.local:8080/jwks' })],
  ['Sidecar', imports('./*', 'kube-system/kube-dns.kube-system.svc.cluster.local')],
  ['DestinationRule', { host: '*.local', trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } } }],
  ['DestinationRule', { host: 'reviews', trafficPolicy: { tls: { mode: 'SIMPLE', insecureSkipVerify: true } } }],
  ['DestinationRule', { host: 'reviews', trafficPolicy: { tls: { mode: 'SIMPLE', sni: 'sa.example.com' } } }],
  ['DestinationRule', { host: 'a.example', exportTo: ['.'], trafficPolicy: { tls: { insecureSkipVerify: false } } }],
  ['ServiceEntry', entry({ resolution: 'STATIC' })],
  [
    'ServiceEntry',
    entry({
      resolution: 'DYNAMIC_DNS',
      hosts: ['*.d.example'],
      ports: [{ number: 443, name: 'tls', protocol: 'TLS' }],
    }),
    'tools',
  ],
  ['Gateway', { selector: { istio: 'ingressgateway', team: 'x' } }],
  ['Sidecar', undefined, 'other'],
  ['Sidecar', { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } }, 'other'],
  ['Sidecar', { outboundTrafficPolicy: { mode: 'ALLOW_ANY' } }, 'legacy'],
  ['NetworkPolicy', { egress: [{ to: [{ podSelector: {} }, { namespaceSelector: {} }] }] }],
  ['NetworkPolicy', { egress: [] }],
  ['NetworkPolicy', { ingress: [{}] }],
  ['NetworkPolicy', { egress: [{}] }, 'other'],
  ['NetworkPolicy', { egress: [{ to: [{ ipBlock: { cidr: '192.0.2.1/32' } }], ports: [{ port: 6443 }] }] }],
  ['ServiceEntry', { hosts: ['a.example'], resolution: 'NONE' }, EXIT],
  ['EnvoyFilter', {}, 'istio-system'],
];
