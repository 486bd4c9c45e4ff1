import { refusals } from './admission';
import {
  AdmissionGuard,
  AdmissionGuardProps,
  EgressClient,
  EgressGateway,
  EgressGuard,
  EgressWaypoint,
  GuardedNamespaces,
  GuardMode,
  InCluster,
  MeshSettings,
  OutboundTrafficPolicy,
  SidecarExit,
  TlsPassthroughEgress,
} from '../../src';
import { failing, world } from '../fixtures';

function guarded(props: Partial<AdmissionGuardProps> = {}, mesh?: MeshSettings) {
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
function usual() {
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

function object(kind: string, spec: object | undefined, namespace = 'payments') {
  return { apiVersion: GROUPS[kind] ?? 'networking.istio.io/v1', kind, metadata: { name: 'x', namespace }, spec };
}

const entry = (spec: object) => ({ hosts: ['evil.example'], exportTo: ['.'], ...spec });
const EXIT = 'istio-egress';

/** What must not be applied, and what is said of it. */
const BAD: [kind: string, spec: object, message: string, namespace?: string][] = [
  ['VirtualService', entry({ gateways: ['istio-egress/istio-egress'] }), 'binds to a Gateway'],
  ['VirtualService', entry({ gateways: ['mesh', 'istio-egress/x'] }), 'binds to a Gateway'],
  ['VirtualService', entry({ gateways: ['x.istio-egress.svc.cluster.local'] }), 'binds to a Gateway'],
  ['VirtualService', entry({ gateways: ['x.istio-egress'] }), 'binds to a Gateway'],
  ['VirtualService', entry({ exportTo: ['*'] }), 'routes a host outside'],
  ['VirtualService', entry({ exportTo: undefined }), 'routes a host outside'],
  ['VirtualService', entry({ exportTo: [] }), 'routes a host outside'],
  ['VirtualService', entry({ exportTo: ['.', EXIT] }), 'routes a host outside'],
  ['VirtualService', entry({ exportTo: undefined, hosts: ['reviews', '*.com'] }), 'routes a host outside'],
  ['VirtualService', entry({ exportTo: undefined, hosts: ['*'] }), 'routes a host outside'],
  ['VirtualService', entry({ exportTo: undefined, gateways: ['mesh', 'own'] }), 'routes a host outside'],
  ['DestinationRule', { host: 'evil.example' }, 'how to connect'],
  ['DestinationRule', { host: '*', exportTo: ['*'] }, 'how to connect'],
  ['DestinationRule', { host: 'evil.example', exportTo: [EXIT] }, 'how to connect'],
  ...(['credentialName', 'insecureSkipVerify'] as const).flatMap((field) => {
    const tls = { mode: 'SIMPLE', [field]: field === 'credentialName' ? 'c' : true };
    const message = field === 'credentialName' ? 'names a credential' : 'unverified';
    const rule = (spec: object) => ['DestinationRule', { host: 'evil.example', exportTo: ['.'], ...spec }, message];
    const onPort = { portLevelSettings: [{ port: { number: 80 } }, { port: { number: 443 }, tls }] };
    return [
      rule({ trafficPolicy: { tls } }),
      rule({ trafficPolicy: onPort }),
      rule({ subsets: [{ name: 'a' }, { name: 'b', trafficPolicy: { tls } }] }),
      rule({ subsets: [{ name: 'b', trafficPolicy: onPort }] }),
    ] as [string, object, string][];
  }),
  ['DestinationRule', { host: 'proxy', trafficPolicy: { tunnel: { targetHost: 'x.example' } } }, 'forward proxy'],
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
const GOOD: [kind: string, spec: object | undefined, namespace?: string][] = [
  ['VirtualService', entry({ gateways: ['istio-ingress/gateway'], exportTo: undefined })],
  ['VirtualService', entry({ gateways: ['own', './other'], exportTo: undefined })],
  ['VirtualService', { hosts: ['reviews', 'a.payments.svc.cluster.local', '*.payments.svc.cluster.local'] }],
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

test(`refuses ${BAD.length} hand-written ways out, each for its own reason`, () => {
  const app = usual();
  const answers = refusals(BAD.map(([kind, spec, , namespace]) => ({ app, object: object(kind, spec, namespace) })));
  const told = BAD.map(([kind, spec, message], index) => ({ kind, spec, message, answer: answers[index] }));
  expect(told.filter(({ message, answer }) => !answer.some((text) => text.includes(message)))).toEqual([]);
});

test(`lets ${GOOD.length} everyday objects pass`, () => {
  const app = usual();
  const answers = refusals(GOOD.map(([kind, spec, namespace]) => ({ app, object: object(kind, spec, namespace) })));
  expect(GOOD.filter((_, index) => answers[index].length > 0)).toEqual([]);
});

test('lets all pass that the same app makes', () => {
  const app = usual();
  expect(refusals(app.map((made) => ({ app, object: made }))).flat()).toEqual([]);
});

test('keeps each namespace in the mode of its guard, and the others in its own', () => {
  const { manifests, guard } = guarded({ mode: GuardMode.WARN, platformNamespaces: ['ingress'] });
  guard('Closed', 'payments', GuardMode.ENFORCE);
  guard('Watched', 'legacy', GuardMode.OBSERVE);
  const bindings = manifests().find({ kind: 'ValidatingAdmissionPolicyBinding' });
  const told = bindings.map(({ metadata, spec }) => [
    metadata.name,
    ...spec.validationActions,
    ...Object.values(spec.matchResources.namespaceSelector.matchExpressions[0]).slice(1),
  ]);
  expect(told).toEqual([
    ['egress-guard', 'Warn', 'Audit', 'NotIn', ['ingress', EXIT, 'istio-system', 'legacy', 'payments']],
    ['egress-guard.platform-closed', 'Deny', 'Audit', 'In', ['payments']],
    ['egress-guard.platform-watched', 'Audit', 'In', ['legacy']],
  ]);
});

test('exempts by label', () => {
  const { manifests } = guarded({ exemptionLabel: 'example.com/egress=free' });
  const [, exemption] = manifests().only({ kind: 'ValidatingAdmissionPolicyBinding' }).spec.matchResources
    .namespaceSelector.matchExpressions;
  expect(exemption).toEqual({ key: 'example.com/egress', operator: 'NotIn', values: ['free'] });
});

test('in an open mesh a Sidecar has to say that it is closed', () => {
  const silence = jest.spyOn(process, 'emitWarning').mockImplementation();
  const { manifests } = guarded({}, { outboundTrafficPolicy: OutboundTrafficPolicy.ALLOW_ANY });
  silence.mockRestore();
  const app = manifests().all;
  const modes = [undefined, {}, { outboundTrafficPolicy: {} }];
  const answers = refusals(modes.map((spec) => ({ app, object: object('Sidecar', spec) })));
  expect(answers.map(({ length }) => length)).toEqual([1, 1, 0]);
});

test('protects the exits of other repos, and lets pass what they declare without a gateway', () => {
  const exit = EgressGateway.imported({ name: 'edge', namespace: 'edge' });
  const { manifests, admission } = guarded({ exits: [exit] });
  admission.letDirect('tools', ['A.example']);
  const app = manifests().all;
  const [route, gateway, direct] = refusals([
    { app, object: object('VirtualService', entry({ gateways: ['edge/edge'] })) },
    { app, object: object('Gateway', { selector: { istio: 'edge' } }) },
    { app, object: object('ServiceEntry', entry({ hosts: ['a.example'], resolution: 'DNS' }), 'tools') },
  ]);
  expect([route.length, gateway.length, direct.length]).toEqual([1, 1, 0]);
});

test('Gateways cannot take the pods of a waypoint, whatever they select', () => {
  const { manifests, platform } = guarded();
  new EgressWaypoint(platform, 'Waypoint');
  const app = manifests().all;
  const gateway = object('Gateway', { selector: { istio: 'ingressgateway' } });
  expect(refusals([{ app, object: gateway }])).toEqual([[]]);
});

test('refuses what is no label', () => {
  expect(() => guarded({ exemptionLabel: 'exempt' })).toThrow(failing('LabelSyntax', 'exempt'));
});
