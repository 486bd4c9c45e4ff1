import { refusals } from './admission';
import { BAD, EXIT, GOOD, entry, guarded, object, usual } from './ways-out';
import { EgressGateway, EgressWaypoint, GuardMode, OutboundTrafficPolicy } from '../../src';
import { failing } from '../fixtures';

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
