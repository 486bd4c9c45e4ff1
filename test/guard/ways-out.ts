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
  const fixture = guarded();
  fixture.guard('Closed', 'payments', GuardMode.ENFORCE);
  fixture.guard('Watched', 'legacy', GuardMode.OBSERVE);
  const clients = [EgressClient.namespace('tools')];
  new TlsPassthroughEgress(fixture.chart, 'Direct', { hosts: ['*.d.example'], exit: new SidecarExit(), clients });
  return fixture.manifests().all;
}

const GROUPS: { [kind: string]: string } = {
  EnvoyFilter: 'networking.istio.io/v1alpha3',
  NetworkPolicy: 'networking.k8s.io/v1',
};

/** An object for the API server. */
export function object(kind: string, spec: object | undefined, namespace = 'payments') {
  return { apiVersion: GROUPS[kind] ?? 'networking.istio.io/v1', kind, metadata: { name: 'x', namespace }, spec };
}

/** A VirtualService or ServiceEntry for a host outside. */
export const entry = (spec: object) => ({ hosts: ['evil.example'], exportTo: ['.'], ...spec });
export const EXIT = 'istio-egress';

/** What must not be applied, and what is said of it. */
export const BAD: [kind: string, spec: object, message: string, namespace?: string][] = [
  ['VirtualService', entry({ gateways: ['istio-egress/istio-egress'] }), 'binds to a Gateway'],
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
  ['ServiceEntry', entry({ resolution: 'STATIC', exportTo: undefined }), 'known to other namespaces'],
  ['ServiceEntry', entry({ resolution: 'STATIC', exportTo: [EXIT] }), 'known to other namespaces'],
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
  ['VirtualService', { hosts: ['*.payments.svc.cluster.local'] }],
  ['VirtualService', entry({ exportTo: ['shop'] })],
  ['DestinationRule', { host: '*.local', trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } } }],
  ['DestinationRule', { host: 'reviews', trafficPolicy: { tls: { mode: 'SIMPLE', insecureSkipVerify: true } } }],
  ['DestinationRule', { host: 'a.example', exportTo: ['.'], trafficPolicy: { tls: { insecureSkipVerify: false } } }],
  ['ServiceEntry', entry({ resolution: 'STATIC' })],
  ['ServiceEntry', entry({ resolution: 'DYNAMIC_DNS', hosts: ['*.d.example'] }), 'tools'],
  ['Gateway', { selector: { istio: 'ingressgateway', team: 'x' } }],
  ['Sidecar', undefined],
  ['Sidecar', { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } }],
  ['Sidecar', { outboundTrafficPolicy: { mode: 'ALLOW_ANY' } }, 'legacy'],
  ['NetworkPolicy', { egress: [{ to: [{ podSelector: {} }, { namespaceSelector: {} }] }] }],
  ['NetworkPolicy', { egress: [] }],
  ['NetworkPolicy', { ingress: [{}] }],
  ['NetworkPolicy', { egress: [{}] }, 'other'],
  ['NetworkPolicy', { egress: [{ to: [{ ipBlock: { cidr: '192.0.2.1/32' } }], ports: [{ port: 6443 }] }] }],
  ['ServiceEntry', { hosts: ['a.example'], resolution: 'NONE' }, EXIT],
  ['EnvoyFilter', {}, 'istio-system'],
];
