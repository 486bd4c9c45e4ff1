import { Testing } from 'cdk8s';
import { assertions } from 'cdk8s-istio-egress';
import { ambientWaypoint } from './chart';

function manifests() {
  const app = Testing.app();
  ambientWaypoint(app);
  return assertions.Manifests.fromApp(app);
}

test('every host goes through the waypoint, and nothing stands in the namespace of the callers', () => {
  for (const { metadata } of manifests().find({ kind: 'ServiceEntry' })) {
    expect(metadata.labels).toMatchObject({ 'istio.io/use-waypoint': expect.anything() });
  }
  const networking = manifests().all.filter(({ apiVersion }) => apiVersion.startsWith('networking.istio.io'));
  expect(networking.map(({ metadata }) => metadata.namespace)).not.toContain('bookinfo');
});

test('one account may make some calls of httpbin, and no other', () => {
  const policies = manifests().find({ kind: 'AuthorizationPolicy' });
  const rules = policies
    .flatMap(({ spec }) => spec.rules ?? [])
    .filter((rule) => JSON.stringify(rule).includes('/get'));
  expect(rules).toHaveLength(1);
  expect(rules[0]).toMatchObject({
    from: [{ source: { serviceAccounts: ['bookinfo/productpage'] } }],
    to: [{ operation: { methods: ['GET'], paths: ['/get', '/status/*'] } }],
  });
});
