import { AFTER, applied, BEFORE, EXIT, findings, found, networking, OURS } from './given';

const route = (name: string, host: string, more: object, created = BEFORE, to = 'elsewhere.example.com') =>
  networking(
    'VirtualService',
    name,
    { hosts: [host], http: [{ route: [{ destination: { host: to } }] }], ...more },
    created,
  );

describe('a VirtualService for the same host, as istiod 1.31.1 decides', () => {
  test.each([
    ['private, older', { exportTo: ['.'] }, BEFORE, 'error RouteReplaced'],
    ['private, newer', { exportTo: ['.'] }, AFTER, 'error NeighbourRouteReplaced'],
    ['public, which comes after private ones', {}, BEFORE, 'error NeighbourRouteReplaced'],
  ])('of the client’s namespace: %s', (_, more, created, expected) => {
    expect(found(applied(route('payments/x', 'api.stripe.com', more, created)))).toEqual([
      `${expected} VirtualService payments/x`,
    ]);
  });

  test.each([
    ['exported to the client', ['payments']],
    ['public', ['*']],
  ])('of another namespace, %s: ours counts there', (_, exportTo) => {
    expect(found(applied(route('other/x', 'api.stripe.com', { exportTo })))).toEqual([
      'warning NeighbourRouteReplaced VirtualService other/x',
    ]);
  });

  test('one by name goes before ours where ours is public', () => {
    const ours = OURS.replace(
      "exportTo: ['.']\n  hosts: [api.stripe.com]\n  http:\n    - match",
      "exportTo: ['*']\n  hosts: [api.stripe.com]\n  http:\n    - match",
    );
    expect(ours).not.toBe(OURS);
    expect(found(route('other/x', 'api.stripe.com', { exportTo: ['payments'] }), ours)).toContain(
      'error RouteReplaced VirtualService other/x',
    );
  });
});

test.each([
  ['another port', { exportTo: ['.'], http: [{ match: [{ port: 8080 }], route: [] }] }],
  ['a namespace that the client does not see', { exportTo: ['elsewhere'] }],
  ['a Gateway', { gateways: ['ingress'] }],
  ['delegation, without hosts', { exportTo: ['.'], hosts: [] }],
  ['a wider pattern', { exportTo: ['.'], hosts: ['*.stripe.com'] }],
  [
    'the same destination',
    { exportTo: ['.'], http: [{ route: [{ destination: { host: EXIT, port: { number: 80 } } }] }] },
  ],
])('a VirtualService for %s is no rival', (_, more) => {
  expect(found(route('payments/x', 'api.stripe.com', more))).toEqual([]);
});

describe('a VirtualService that is bound to our Gateway', () => {
  const gateways = ['istio-egress/istio-egress'];
  const bound = (name: string, host: string, exportTo: string[], ours = OURS) =>
    findings(route(name, host, { gateways, exportTo }), ours).map(({ severity, code }) => `${severity} ${code}`);

  test.each([
    ['before ours', 'istio-egress/x', 'api.stripe.com', ['.'], ['error RouteOnOurGateway']],
    ['after ours, because it is public', 'istio-egress/x', 'api.stripe.com', ['*'], ['warning RouteOnOurGateway']],
    ['with a host of its own', 'istio-egress/x', 'other.example.com', ['.'], ['warning RouteOnOurGateway']],
    ['from a namespace that our Gateway does not accept', 'mallory/x', 'api.stripe.com', ['*'], []],
  ])('%s', (_, name, host, exportTo, expected) => {
    expect(bound(name, host, exportTo)).toEqual(expected);
  });

  test('binds from everywhere to a Gateway for every host', () => {
    const open = OURS.replace('hosts: [./*]', "hosts: ['*']");
    expect(bound('mallory/x', 'api.stripe.com', ['*'], open)).toEqual(['warning RouteOnOurGateway']);
    expect(bound('mallory/x', 'api.stripe.com', ['istio-egress'], open)).toEqual(['error RouteOnOurGateway']);
  });
});
