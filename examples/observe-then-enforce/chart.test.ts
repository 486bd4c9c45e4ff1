import { Testing } from 'cdk8s';
import { assertions } from 'cdk8s-istio-egress';
import { observeThenEnforce } from './chart';

function manifests() {
  // That the mesh is open is said aloud, which is not what is tested here.
  const silence = jest.spyOn(process, 'emitWarning').mockImplementation();
  const app = Testing.app();
  observeThenEnforce(app);
  silence.mockRestore();
  return assertions.Manifests.fromApp(app);
}

test('only the last step closes', () => {
  const mode = (namespace: string) => manifests().only({ kind: 'Sidecar', namespace }).spec.outboundTrafficPolicy.mode;
  expect(['orders', 'shop', 'payments'].map(mode)).toEqual(['ALLOW_ANY', 'ALLOW_ANY', 'REGISTRY_ONLY']);
  manifests().countIs({ kind: 'NetworkPolicy', namespace: 'payments' }, 1);
  for (const namespace of ['orders', 'shop']) manifests().countIs({ kind: 'NetworkPolicy', namespace }, 0);
});

test('the exit lets observed namespaces through, and says what their grants would have refused', () => {
  const policies = manifests().find({ kind: 'AuthorizationPolicy' });
  const isTrial = ({ metadata }: any) => metadata.annotations?.['istio.io/dry-run'] === 'true';
  const names = (some: any[]) =>
    some.map(({ metadata }) => metadata.name).filter((name) => /\.(observed|dry-run)$/.test(name));
  expect(names(policies.filter(isTrial))).toEqual(['istio-egress.orders.dry-run', 'istio-egress.shop.dry-run']);
  expect(names(policies.filter((policy) => !isTrial(policy)))).toEqual([
    'istio-egress.orders.observed',
    'istio-egress.shop.observed',
  ]);
});

test('hand-written ways out are recorded, then warned of, then refused', () => {
  const actions = manifests()
    .find({ kind: 'ValidatingAdmissionPolicyBinding' })
    .map(({ metadata, spec }) => [metadata.name, spec.validationActions[0]]);
  expect(Object.fromEntries(actions)).toMatchObject({
    'egress-guard.platform-guard-orders': 'Audit',
    'egress-guard.platform-guard-shop': 'Warn',
    'egress-guard.platform-guard-payments': 'Deny',
  });
});
