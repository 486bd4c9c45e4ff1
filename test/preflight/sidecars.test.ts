import { BEFORE, documents, found, networking, ON_8080, OURS } from './given';

const sidecar = (hosts: string[], name = 'payments/default', more: object = {}) =>
  networking('Sidecar', name, { egress: [{ hosts }], ...more }, BEFORE);

describe('what a Sidecar imports, as istiod 1.31.1 reads it', () => {
  test.each([
    [['./*', 'istio-egress/*'], []],
    [['*/*'], []],
    [['./*.stripe.com', 'istio-egress/istio-egress.istio-egress.svc.cluster.local'], []],
    [['*/api.stripe.com', '*/*.svc.cluster.local'], []],
    [['./*'], ['error SidecarHidesPort Sidecar payments/default']],
    [['istio-egress/*'], ['error SidecarHidesRoute Sidecar payments/default']],
    [['istio-system/*'], ['error SidecarHidesRoute Sidecar payments/default']],
    [['./other.example.com', 'istio-egress/*'], ['error SidecarHidesRoute Sidecar payments/default']],
    [['~/*'], ['error SidecarHidesRoute Sidecar payments/default']],
    [['*/*', '~istio-egress/*'], ['error SidecarHidesPort Sidecar payments/default']],
    [['nonsense'], ['error SidecarHidesRoute Sidecar payments/default']],
  ])('%j', (hosts, expected) => {
    expect(found(sidecar(hosts))).toEqual(expected);
  });

  test('any HTTP Service on port 80 makes sidecars listen there', () => {
    const other =
      '{"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"payments"},"spec":{"ports":[{"name":"http","port":80}]}}';
    expect(found(documents(sidecar(['./*']), other))).toEqual([]);
  });

  test('on another port, the host’s own entry does', () => {
    const ours = documents(OURS, ON_8080);
    expect(found(sidecar(['./*', 'istio-egress/*']), ours)).toEqual([]);
    const narrow = networking('Sidecar', 'payments/default', {
      egress: [
        { port: { number: 8080, protocol: 'HTTP' }, hosts: ['istio-egress/*'] },
        { hosts: ['./*', 'istio-egress/*'] },
      ],
    });
    expect(found(narrow, ours)).toEqual(['error SidecarHidesRoute Sidecar payments/default']);
  });
});

describe('which Sidecar holds', () => {
  test('the root namespace’s, where the client has none', () => {
    expect(found(sidecar(['./*'], 'istio-system/default'))).toEqual([
      'error SidecarHidesPort Sidecar istio-system/default',
    ]);
    expect(found(documents(sidecar(['./*'], 'istio-system/default'), sidecar(['*/*'])))).toEqual([]);
    expect(found(sidecar(['./*'], 'mesh/default'), OURS, { rootNamespace: 'mesh' })).toHaveLength(1);
  });

  test('that of another namespace does not', () => {
    expect(found(sidecar(['~/*'], 'other/default'))).toEqual([]);
  });

  test('one for some pods holds beside the other', () => {
    const some = sidecar(['./*'], 'payments/some', { workloadSelector: { labels: { app: 'a' } } });
    expect(found(documents(some, sidecar(['*/*'])))).toEqual(['error SidecarHidesPort Sidecar payments/some']);
  });
});

test('a Sidecar that allows any', () => {
  const open = { outboundTrafficPolicy: { mode: 'ALLOW_ANY' } };
  expect(found(sidecar(['*/*'], 'payments/default', open))).toEqual([
    'error SidecarAllowsAny Sidecar payments/default',
  ]);
  expect(found(sidecar(['*/*'], 'payments/default', { outboundTrafficPolicy: {} }))).toEqual([]);
});
