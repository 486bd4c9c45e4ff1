import { AFTER, applied, BEFORE, documents, EXIT, findings, found, networking, OURS } from './given';

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
])('a VirtualService for %s is no rival', (_, more) => {
  expect(found(route('payments/x', 'api.stripe.com', more))).toEqual([]);
});

test('a VirtualService that leads the host as ours does, in the client’s namespace, is a second declaration', () => {
  const same = { http: [{ route: [{ destination: { host: EXIT, port: { number: 80 } } }] }] };
  const [finding, ...more] = findings(route('payments/x', 'api.stripe.com', { exportTo: ['.'], ...same }));
  expect(more).toEqual([]);
  expect(finding).toMatchObject({ code: 'HostDeclaredTwice', severity: 'warning' });
  expect(found(route('other/x', 'api.stripe.com', { exportTo: ['payments'], ...same }))).toEqual([]);
});

test('two routes for one host and port by TCP are a listener that Envoy refuses', () => {
  const tcp = (name: string, subset: string, port = 5432) =>
    networking('VirtualService', name, {
      exportTo: ['.'],
      hosts: ['db.example.com'],
      tcp: [{ match: [{ port }], route: [{ destination: { host: EXIT, port: { number: 80 }, subset } }] }],
    });
  const subset = (text: string) =>
    text.replace('mode: ISTIO_MUTUAL }\n', 'mode: ISTIO_MUTUAL }\n  subsets: [{ name: a }]\n');
  const ours = documents(subset(OURS), tcp('payments/ours', 'a'));
  const twice = 'error HostDeclaredTwice VirtualService payments/theirs';
  expect(found(tcp('payments/theirs', 'a'), ours)).toEqual([twice]);
  expect(found(tcp('payments/theirs', 'b'), ours)).toContain(twice);
  expect(found(tcp('payments/theirs', 'a', 3306), ours)).not.toContain(twice);
  expect(found(tcp('other/theirs', 'a'), ours)).not.toContain(twice);
});

test.each([
  ['of the client’s namespace', 'payments/x', ['.'], ['error RouteReplaced VirtualService payments/x']],
  ['exported to it by name', 'other/x', ['payments'], ['error RouteReplaced VirtualService other/x']],
  ['public', 'other/x', ['*'], ['error RouteReplaced VirtualService other/x']],
  ['that it does not see', 'other/x', ['.'], []],
])('a VirtualService for a host below our wildcard takes its calls: one %s', (_, name, exportTo, expected) => {
  const ours = OURS.replaceAll('hosts: [api.stripe.com]', "hosts: ['*.stripe.com']").replaceAll(
    'host: api.stripe.com',
    "host: '*.stripe.com'",
  );
  expect(found(route(name, 'api.stripe.com', { exportTo }), ours)).toEqual(expected);
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
