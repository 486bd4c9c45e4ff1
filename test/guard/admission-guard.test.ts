import { refusals } from './admission';
import { BAD, EXIT, GOOD, entry, guarded, object, usual } from './ways-out';
import {
  AdmissionGuard,
  EgressClient,
  EgressGateway,
  EgressGuard,
  EgressPort,
  EgressWaypoint,
  GuardedNamespaces,
  GuardMode,
  InCluster,
  IngressGateway,
  OutboundTrafficPolicy,
  SidecarExit,
  TlsCredential,
  TlsPassthroughEgress,
  UpstreamProxy,
} from '../../src';
import { failing, world } from '../fixtures';

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

/** What the app of the next version writes, which the policy in force does not know. */
function nextVersion() {
  const next = guarded();
  next.guard('Closed', 'payments', GuardMode.OBSERVE);
  const exit = new SidecarExit();
  const clients = [EgressClient.namespace('shop')];
  new TlsPassthroughEgress(next.chart, 'New', { hosts: ['new.example'], exit, clients });
  new EgressGateway(next.platform, 'Second', { name: 'second', namespace: 'edge' }).grant('A', {
    hosts: ['a.example'],
    ports: [EgressPort.tlsOrigination()],
    clients,
  });
  return next.manifests().all.filter(({ metadata }) => ['payments', 'shop', 'edge'].includes(metadata.namespace));
}

test('the owner of the policy applies the next version before the policy knows of it, and nobody else does', () => {
  const app = usual();
  const objects = nextVersion();
  const refused = (rest: object, edit = (made: any) => made) => {
    const answers = refusals(objects.map((made) => ({ app, object: edit(structuredClone(made)), ...rest })));
    return objects
      .filter((_, index) => answers[index].length > 0)
      .map(({ kind, metadata }) => `${metadata.namespace} ${kind}`);
  };
  expect(refused({ isOwner: true })).toEqual([]);
  const held = ['edge ServiceEntry', 'payments Sidecar', 'shop ServiceEntry'];
  expect([...new Set(refused({}))].sort()).toEqual(held);
  // What its owner writes by hand is looked at as everybody's is.
  const unmark = (made: any) => ({ ...made, metadata: { ...made.metadata, annotations: undefined } });
  expect([...new Set(refused({ isOwner: true }, unmark))].sort()).toEqual(held);
});

test("the owner's annotation of another policy counts for nothing", () => {
  const app = usual();
  const [kind, spec] = BAD[0];
  const made = object(kind, spec);
  const annotated = {
    ...made,
    metadata: { ...made.metadata, annotations: { 'cdk8s-istio-egress/admission': 'another' } },
  };
  expect(refusals([{ app, object: annotated, isOwner: true }])[0]).toHaveLength(1);
});

test('an object that is being deleted says what it said: its bookkeeping may change, and nothing else', () => {
  const app = usual();
  const going = (made: any, metadata: object = {}) => ({
    ...made,
    metadata: { ...made.metadata, deletionTimestamp: 'now', ...metadata },
  });
  const attempts = BAD.flatMap(([kind, spec, , namespace]) => {
    const bad = object(kind, spec, namespace);
    const harmless = { ...object(kind, {}, namespace), status: {} };
    return [
      { app, oldObject: going(bad, { finalizers: ['a'] }), object: { ...going(bad), status: { a: 'b' } } },
      { app, oldObject: going(harmless), object: going(bad) },
    ];
  });
  const answers = refusals(attempts);
  const wrong = attempts.filter((_, index) => answers[index].length > 0 !== (index % 2 === 1));
  // What is refused whatever it says is refused as little, while it goes, as what it was.
  expect(wrong.filter(({ object: { spec } }) => Object.keys(spec ?? {}).length > 0)).toEqual([]);
});

test("endpoints of Services are Kubernetes' own controllers' to write, and those of whom the platform names", () => {
  const { manifests, guard } = guarded({ endpointWriters: ['system:serviceaccount:mcs:importer'] });
  guard('Closed', 'payments', GuardMode.ENFORCE);
  const app = manifests().all;
  const [kind, spec] = BAD.find(([of]) => of === 'EndpointSlice')!;
  const users = ['endpointslice-controller', 'endpointslicemirroring-controller', 'default'].map(
    (name) => `system:serviceaccount:kube-system:${name}`,
  );
  const all = [
    ...users,
    'system:serviceaccount:mcs:importer',
    'system:serviceaccount:payments:endpointslice-controller',
  ];
  const answers = refusals(all.map((user) => ({ app, object: object(kind, spec), user })));
  expect(answers.map(({ length }) => length)).toEqual([0, 0, 1, 0, 1]);
});

test('a thousand addresses: the policy knows them by key, and more than it can hold not at all', () => {
  const known = (count: number) => {
    const { platform, chart, manifests } = world();
    const admission = new AdmissionGuard(platform, 'Admission', { mode: GuardMode.ENFORCE });
    const namespaces = GuardedNamespaces.named(['payments']);
    new EgressGuard(platform, 'Guard', { namespaces, inCluster: InCluster.none(), admission });
    const endpoints = Array.from({ length: count }, (_, index) => ({
      address: `198.18.${Math.floor(index / 256)}.${index % 256}`,
    }));
    const clients = [EgressClient.namespace('payments')];
    new TlsPassthroughEgress(chart, 'Many', { hosts: ['a.example'], exit: new SidecarExit(), clients, endpoints });
    const { variables } = manifests().only({ kind: 'ValidatingAdmissionPolicy', name: 'egress-guard' }).spec;
    return variables.find(({ name }: any) => name === 'ranges').expression;
  };
  expect(Object.keys(JSON.parse(known(1000)).payments)).toHaveLength(1000);
  expect(JSON.parse(known(4000))).toEqual({ payments: {} });
});

test('keeps each namespace in the mode of its guard, and the others in its own', () => {
  const { manifests, guard } = guarded({ mode: GuardMode.WARN, platformNamespaces: ['ingress'] });
  guard('Closed', 'payments', GuardMode.ENFORCE);
  guard('Watched', 'legacy', GuardMode.OBSERVE);
  const bindings = manifests()
    .find({ kind: 'ValidatingAdmissionPolicyBinding' })
    .filter(({ spec }) => spec.policyName === 'egress-guard');
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

test('publishing a host leaves the ingress gateway’s namespace to the platform, and no client’s', () => {
  const { manifests, chart } = guarded({ mode: GuardMode.ENFORCE });
  new UpstreamProxy(chart, 'Bank', {
    host: 'bank.corp.example',
    upstreamHost: 'bank.example',
    clients: [EgressClient.namespace('shop')],
    ingress: { gateway: IngressGateway.imported({ namespace: 'edge' }), credential: TlsCredential.named('bank') },
  });
  for (const name of ['egress-guard', 'egress-guard.kept']) {
    const { spec } = manifests().only({ kind: 'ValidatingAdmissionPolicyBinding', name });
    const { values } = spec.matchResources.namespaceSelector.matchExpressions[0];
    expect(values).toContain('edge');
    expect(values).not.toContain('shop');
  }
});

test('exempts by label', () => {
  const { manifests } = guarded({ exemptionLabel: 'example.com/egress=free' });
  const [, exemption] = manifests().only({ kind: 'ValidatingAdmissionPolicyBinding', name: 'egress-guard' }).spec
    .matchResources.namespaceSelector.matchExpressions;
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

test("the objects of guards that enforce are their owner's to change and to delete, and so is the exemption", () => {
  const { manifests, guard } = guarded({ mode: GuardMode.OBSERVE });
  manifests().countIs({ kind: 'ValidatingAdmissionPolicy' }, 1);
  guard('Watched', 'legacy', GuardMode.OBSERVE);
  manifests().countIs({ kind: 'ValidatingAdmissionPolicy' }, 1);
  guard('Closed', 'payments', GuardMode.ENFORCE);
  const { variables, validations } = manifests().only({
    kind: 'ValidatingAdmissionPolicy',
    name: 'egress-guard.kept',
  }).spec;
  expect(Object.keys(JSON.parse(variables[0].expression))).toEqual([
    'networkpolicies/payments/payments-platform-closed',
    'sidecars/payments/payments-platform-closed',
    'telemetries/payments/payments-platform-closed',
    'serviceentries/payments/payments-platform-closed.node-dns',
    'serviceentries/payments/payments-platform-closed',
  ]);
  expect(validations[1].expression).toContain('request.name in ["payments"]');
});

test('says when an exit cannot be protected, because nothing tells its pods', () => {
  const { app } = guarded({ exits: [EgressGateway.imported({ namespace: 'edge', service: 'edge' })] });
  expect(() => app.synthYaml()).toThrow(/\[GuardExitUnknown\][^]*edge/);
});

test('refuses what is no name of a user or of a host', () => {
  expect(() => guarded({ endpointWriters: ['a b'] })).toThrow(failing('NameSyntax', 'a b'));
  expect(() => guarded({ identityProviders: ['https://a.example'] })).toThrow(failing('NameSyntax', 'https'));
  expect(() => guarded({ clusterRanges: ['10.0.0.1/8'] })).toThrow(failing('AddressSyntax', 'clusterRanges'));
});

test('refuses what is no label', () => {
  expect(() => guarded({ exemptionLabel: 'exempt' })).toThrow(failing('LabelSyntax', 'exempt'));
});
