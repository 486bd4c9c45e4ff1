import { documents, findings, found, networking, OURS } from './given';

const SELECTOR = { matchLabels: { istio: 'istio-egress' } };
const object = (group: string, kind: string, name: string, spec: object) =>
  networking(kind, name, spec).replace('networking.istio.io/v1', `${group}/v1`);
const policy = (name: string, spec: object) => object('security.istio.io', 'AuthorizationPolicy', name, spec);
const from = (source: object) => ({ from: [{ source }] });

describe('an ALLOW policy of somebody else at the exit', () => {
  const rule = { ...from({ namespaces: ['shop'] }), to: [{ operation: { hosts: ['api.stripe.com'] } }] };

  test.each([
    ['for everybody', { rules: [{}] }, 'error'],
    ['for any principal', { rules: [{ ...rule, ...from({ principals: ['*'] }) }] }, 'error'],
    ['for all calls of somebody', { rules: [from({ namespaces: ['shop'] })] }, 'error'],
    ['for somebody and a host', { rules: [rule] }, 'warning'],
  ])('%s opens it', (_, spec, severity) => {
    const cluster = policy('istio-egress/x', { selector: SELECTOR, ...spec });
    expect(found(cluster)).toEqual([`${severity} PolicyOpensExit AuthorizationPolicy istio-egress/x`]);
  });

  test.each([
    ['that allows nothing', policy('istio-system/x', {})],
    ['for other pods', policy('istio-egress/x', { selector: { matchLabels: { app: 'x' } }, rules: [{}] })],
    ['in another namespace', policy('mallory/x', { selector: SELECTOR, rules: [{}] })],
    [
      'for a Gateway of the Gateway API',
      policy('istio-egress/x', { targetRefs: [{ kind: 'Gateway', name: 'x' }], rules: [{}] }),
    ],
  ])('%s does not', (_, cluster) => {
    expect(found(cluster)).toEqual([]);
  });

  test('in the root namespace holds everywhere', () => {
    expect(found(policy('istio-system/x', { rules: [{}] }))).toEqual([
      'error PolicyOpensExit AuthorizationPolicy istio-system/x',
    ]);
  });
});

describe('a policy that may refuse our calls', () => {
  test.each([
    ['DENY everything', { action: 'DENY', rules: [{}] }, 'error'],
    ['DENY something', { action: 'DENY', rules: [from({ namespaces: ['payments'] })] }, 'warning'],
    ['CUSTOM', { action: 'CUSTOM', provider: { name: 'opa' }, rules: [{}] }, 'warning'],
  ])('%s', (_, spec, severity) => {
    expect(found(policy('istio-system/x', spec))).toEqual([
      `${severity} PolicyMayRefuse AuthorizationPolicy istio-system/x`,
    ]);
  });

  test.each([
    ['DENY without rules', { action: 'DENY' }],
    ['AUDIT', { action: 'AUDIT', rules: [{}] }],
  ])('%s refuses nothing', (_, spec) => {
    expect(found(policy('istio-system/x', spec))).toEqual([]);
  });

  test('one that allows nothing refuses everything where ours has no policy', () => {
    const without = OURS.slice(OURS.indexOf('---') + 3);
    expect(found(policy('istio-system/x', {}), without)).toEqual([
      'error PolicyMayRefuse AuthorizationPolicy istio-system/x',
    ]);
    expect(found(policy('istio-system/x', { rules: [from({ namespaces: ['a'] })] }), without)).toEqual([
      'warning PolicyMayRefuse AuthorizationPolicy istio-system/x',
    ]);
  });
});

describe('policies of ours that hold for others', () => {
  const pods = (name: string, labels: object) => {
    const [namespace, own] = name.split('/');
    return JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: own, namespace, labels }, spec: {} });
  };
  const wide = OURS.replace('selector: { matchLabels: { istio: istio-egress } }', 'selector: {}');

  test('pods of the exit’s namespace', () => {
    expect(found(pods('istio-egress/other', { app: 'other' }), wide)).toEqual([
      'error PolicyRefusesNeighbour Pod istio-egress/other',
    ]);
    expect(found(pods('elsewhere/other', { app: 'other' }), wide)).toEqual([]);
    expect(found(pods('istio-egress/other', { app: 'other' }))).toEqual([]);
  });

  test('a gateway that others use', () => {
    const shared = JSON.stringify({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'shared', namespace: 'istio-egress' },
      spec: {
        template: {
          metadata: { labels: { istio: 'istio-egress' }, annotations: { 'inject.istio.io/templates': 'gateway' } },
        },
      },
    });
    const theirs = networking('Gateway', 'istio-egress/theirs', {
      selector: { istio: 'istio-egress' },
      servers: [{ hosts: ['a.example.com'], port: { number: 8081, name: 'http', protocol: 'HTTP' } }],
    });
    const existing = OURS.split('---')
      .filter((text) => !text.includes('kind: Deployment'))
      .join('---');
    expect(found(documents(shared, theirs), existing)).toEqual([
      'error PolicyRefusesNeighbour Gateway istio-egress/theirs',
    ]);
    expect(found(shared, existing)).toEqual([]);
  });
});

describe('tokens', () => {
  const authentication = (spec: object) =>
    object('security.istio.io', 'RequestAuthentication', 'istio-system/jwt', spec);

  test('are refused at the exit by a RequestAuthentication for all', () => {
    expect(found(authentication({ jwtRules: [{ issuer: 'a' }] }))).toEqual([
      'warning TokensRefused RequestAuthentication istio-system/jwt',
    ]);
  });

  test.each([{ selector: { matchLabels: { app: 'x' } }, jwtRules: [{ issuer: 'a' }] }, { jwtRules: [] }])(
    'but not by %j',
    (spec) => {
      expect(found(authentication(spec))).toEqual([]);
    },
  );
});

describe('extensions', () => {
  const filter = (name: string, context?: string, more: object = {}) =>
    networking('EnvoyFilter', name, {
      configPatches: [{ applyTo: 'CLUSTER', match: { ...(context && { context }) } }],
      ...more,
    });

  test.each([
    ['istio-egress/x', 'GATEWAY', ['warning ExtensionOnExit EnvoyFilter istio-egress/x']],
    ['payments/x', 'SIDECAR_OUTBOUND', ['warning ExtensionOnClients EnvoyFilter payments/x']],
    [
      'istio-system/x',
      undefined,
      ['warning ExtensionOnClients EnvoyFilter istio-system/x', 'warning ExtensionOnExit EnvoyFilter istio-system/x'],
    ],
    ['istio-system/x', 'SIDECAR_INBOUND', []],
    ['mallory/x', 'ANY', []],
    ['payments/x', 'GATEWAY', []],
  ])('an EnvoyFilter %s for %s', (name, context, expected) => {
    expect(found(filter(name, context))).toEqual(expected);
  });

  test('a WasmPlugin at the exit', () => {
    const plugin = (spec: object) => object('extensions.istio.io', 'WasmPlugin', 'istio-egress/x', spec);
    expect(found(plugin({ selector: SELECTOR }))).toEqual(['warning ExtensionOnExit WasmPlugin istio-egress/x']);
    expect(found(plugin({ selector: { matchLabels: { app: 'x' } } }))).toEqual([]);
  });
});

test('names what an error concerns', () => {
  const [finding] = findings(policy('istio-system/x', { rules: [{}] }));
  expect(finding.affects).toEqual(['AuthorizationPolicy istio-egress/istio-egress.payments']);
});
