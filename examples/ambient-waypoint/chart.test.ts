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
    expect(metadata.labels).toEqual({ 'istio.io/use-waypoint': 'egress-waypoint' });
  }
  manifests().countIs({ namespace: 'bookinfo' }, 0);
});

test('the namespace of the callers is enrolled', () => {
  manifests().has(
    { kind: 'Namespace', name: 'bookinfo' },
    { metadata: { labels: { 'istio.io/dataplane-mode': 'ambient' } } },
  );
});

test('the waypoint lets nobody through whom no host names', () => {
  const { rules } = manifests().only({ kind: 'AuthorizationPolicy', name: 'egress-waypoint' }).spec;
  expect(rules).toBeUndefined();
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

test('the waypoint adds a header and originates TLS, whose name it verifies', () => {
  const [{ headers }] = manifests().only({ kind: 'VirtualService' }).spec.http;
  expect(headers.request.add).toEqual({ 'my-added-header': 'added-value' });
  manifests().has(
    { kind: 'DestinationRule' },
    { spec: { subsets: [{ trafficPolicy: { tls: { mode: 'SIMPLE', subjectAltNames: ['httpbin.org'] } } }] } },
  );
});
