import { documents, EXIT, findings, found, HOP, networking, OURS } from './given';

const mesh = (text: string, name = 'istio') =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'istio-system' },
    data: { mesh: text },
  });
const SCOPED = 'serviceEntryVisibility: { defaultVisibility: NAMESPACE, applyToSidecars: true }\n';
const CLOSED = `outboundTrafficPolicy: { mode: REGISTRY_ONLY }\n${SCOPED}`;
const namespace = (name: string, labels: Record<string, string> = {}) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });

describe('a mesh that lets everything out', () => {
  test.each([
    ['ALLOW_ANY', mesh(`${SCOPED}outboundTrafficPolicy: { mode: ALLOW_ANY }`), 'istio'],
    ['nothing, which is ALLOW_ANY', mesh(SCOPED), 'istio'],
    ['a revision', mesh(SCOPED, 'istio-canary'), 'istio-canary'],
  ])('says %s', (_, cluster, name) => {
    expect(found(cluster)).toEqual([`error MeshAllowsAny ConfigMap istio-system/${name}`]);
  });

  test('says broken YAML, which istiod does not take', () => {
    expect(found(mesh('{'))).toContain('error MeshAllowsAny ConfigMap istio-system/istio');
  });

  test.each([mesh(CLOSED), mesh('{}', 'other'), mesh('{}').replace('"mesh"', '"values"')])('is not %s', (cluster) => {
    expect(found(cluster)).toEqual([]);
  });
});

describe('serviceEntryVisibility', () => {
  const REGISTRY_ONLY = 'outboundTrafficPolicy: { mode: REGISTRY_ONLY }\n';
  const visibility = (settings: object) => mesh(`${REGISTRY_ONLY}serviceEntryVisibility: ${JSON.stringify(settings)}`);
  const taker = networking(
    'ServiceEntry',
    'other/x',
    {
      hosts: ['api.stripe.com'],
      exportTo: ['istio-egress'],
      ports: [{ name: 'tls', number: 443, protocol: 'TLS' }],
      resolution: 'STATIC',
      endpoints: [{ address: '192.0.2.1' }],
    },
    '2020-01-01T00:00:00Z',
  );
  const warning = 'warning ServiceEntriesNotScoped ConfigMap istio-system/istio';
  const taken = 'error ServiceEntryTakesHost ServiceEntry other/x';
  const rule = (labels: object) => ({ namespaceSelector: { matchLabels: labels } });
  const home = { defaultVisibility: 'NAMESPACE', applyToSidecars: true };

  test.each([
    ['missing', mesh(REGISTRY_ONLY)],
    ['for ambient alone', visibility({ defaultVisibility: 'NAMESPACE' })],
    ['public', visibility({ applyToSidecars: true })],
    ['public by name', visibility({ defaultVisibility: 'PUBLIC', applyToSidecars: true })],
  ])('%s lets others take what our exit connects to', (_, cluster) => {
    expect(found(documents(cluster, taker))).toEqual([taken, warning]);
  });

  test.each([home, { ...home, defaultVisibility: 'NONE' }])('%j does not', (settings) => {
    expect(found(documents(visibility(settings), taker))).toEqual([]);
  });

  test('counts only where exits of ours are', () => {
    expect(found(mesh(REGISTRY_ONLY), HOP)).not.toContain(warning);
  });

  test.each([
    ['the first that matches', [{ visibility: 'PUBLIC', matchingRules: [rule({ team: 'a' })] }], [taken]],
    ['all of its rules', [{ visibility: 'PUBLIC', matchingRules: [rule({ team: 'a' }), rule({ team: 'b' })] }], []],
    ['a rule without a selector never matches', [{ visibility: 'PUBLIC', matchingRules: [{}] }], []],
    ['without rules it is for all', [{ visibility: 'PUBLIC' }], [taken]],
    ['by name', [{ visibility: 'PUBLIC', matchingRules: [rule({ 'kubernetes.io/metadata.name': 'other' })] }], [taken]],
  ])('policies: %s', (_, policies, expected) => {
    const cluster = documents(visibility({ ...home, policies }), namespace('other', { team: 'a' }), taker);
    expect(found(cluster)).toEqual(expected);
  });
});

describe('discoverySelectors', () => {
  const selectors = (text: string) => mesh(`${CLOSED}discoverySelectors:\n${text}`);
  const injected = { 'istio-injection': 'enabled' };

  test('that leave out a namespace of ours', () => {
    const cluster = documents(
      selectors('- matchLabels: { mesh: "on" }\n- matchExpressions: [{ key: team, operator: In, values: [a] }]'),
      namespace('istio-egress', { mesh: 'on' }),
      namespace('payments', injected),
      namespace('other', injected),
    );
    expect(found(cluster)).toEqual(['error NamespaceNotDiscovered Namespace /payments']);
  });

  test.each([
    '- matchLabels: { kubernetes.io/metadata.name: payments }',
    '- matchExpressions: [{ key: istio-injection, operator: Exists }]',
    '- matchExpressions: [{ key: off, operator: DoesNotExist }]',
    '- matchExpressions: [{ key: istio-injection, operator: NotIn, values: [disabled] }]',
  ])('that take it in: %s', (text) => {
    expect(found(documents(selectors(text), namespace('payments', injected)))).toEqual([]);
  });
});

describe('what the mesh exports by default', () => {
  const withoutHop = OURS.split('---')
    .filter((text) => !text.includes('useClientProtocol'))
    .join('---');
  const rule = networking('DestinationRule', 'istio-egress/x', {
    host: '*.local',
    trafficPolicy: { tls: { mode: 'SIMPLE' } },
  });
  const route = networking('VirtualService', 'other/x', {
    hosts: ['api.stripe.com'],
    http: [{ route: [{ destination: { host: 'a' } }] }],
  });

  test.each([
    [
      'DestinationRules',
      'defaultDestinationRuleExportTo',
      rule,
      'error DestinationRuleReplaced DestinationRule istio-egress/x',
    ],
    [
      'VirtualServices',
      'defaultVirtualServiceExportTo',
      route,
      'warning NeighbourRouteReplaced VirtualService other/x',
    ],
  ])('%s', (_, field, cluster, expected) => {
    expect(found(documents(mesh(CLOSED), cluster), withoutHop)).toEqual([expected]);
    expect(found(documents(mesh(`${CLOSED}${field}: ['.']`), cluster), withoutHop)).toEqual([]);
  });
});

describe('injection', () => {
  test('of clients', () => {
    expect(found(namespace('payments'))).toEqual(['warning NamespaceNotInjected Namespace /payments']);
    expect(found(namespace('payments', { 'istio.io/rev': 'canary' }))).toEqual([]);
    expect(found(namespace('other'))).toEqual([]);
  });

  test('that pods ask for themselves', () => {
    const pod = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a', namespace: 'payments', labels: { 'sidecar.istio.io/inject': 'true' } },
    });
    expect(found(documents(namespace('payments'), pod))).toEqual([]);
  });

  test('of the exit’s own pods', () => {
    expect(found(namespace('istio-egress', { 'istio-injection': 'disabled' }))).toEqual([
      'error NamespaceNotInjected Namespace /istio-egress',
    ]);
    expect(found(namespace('istio-egress'))).toEqual([]);
  });
});

describe('pods with the labels of our exit', () => {
  const pods = (name: string, args: string[] = []) => {
    const [where, own] = name.split('/');
    return JSON.stringify({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: own, namespace: where },
      spec: { template: { metadata: { labels: { istio: 'istio-egress' } }, spec: { containers: [{ args }] } } },
    });
  };

  test('in its namespace, and gateways in others', () => {
    const errors = (cluster: string, options = {}) =>
      found(cluster, OURS, options).filter((text) => text.includes('PodsShareLabels'));
    expect(errors(pods('istio-egress/other'))).toEqual(['error PodsShareLabels Deployment istio-egress/other']);
    expect(errors(pods('other/other', ['proxy', 'router']))).toEqual(['error PodsShareLabels Deployment other/other']);
    expect(errors(pods('other/other', ['proxy', 'router']), { scopedGateways: true })).toEqual([]);
    expect(errors(pods('other/other'))).toEqual([]);
  });
});

describe('objects with the name of ours', () => {
  const same = (more: object) =>
    JSON.stringify({
      apiVersion: 'networking.istio.io/v1beta1',
      kind: 'Gateway',
      metadata: { name: 'istio-egress', namespace: 'istio-egress', ...more },
      spec: {
        selector: { istio: 'istio-egress' },
        servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
      },
    });

  test('are earlier versions of it, whatever they hold', () => {
    expect(found(same({}))).toEqual([]);
  });

  test.each([
    { labels: { 'app.kubernetes.io/managed-by': 'Helm' } },
    { annotations: { 'meta.helm.sh/release-name': 'egress' } },
    { ownerReferences: [{ kind: 'Operator', name: 'x' }] },
  ])('unless somebody else manages them: %j', (metadata) => {
    expect(found(same(metadata))).toEqual(['warning ObjectOwnedByAnother Gateway istio-egress/istio-egress']);
  });
});

describe('objects that another repo applied under the names of ours', () => {
  const objects = OURS.split('---');
  const applied = (name: string, texts: string[]) =>
    texts.map((text) =>
      text.replace('metadata: {', `metadata: { labels: { kustomize.toolkit.fluxcd.io/name: ${name} },`),
    );

  test('are told from those that ours did', () => {
    const cluster = [...applied('shop', objects.slice(0, -1)), ...applied('payments', objects.slice(-1))];
    expect(found(documents(...cluster))).toEqual([
      'warning ObjectOwnedByAnother DestinationRule payments/payments.istio-egress',
    ]);
    expect(found(documents(...applied('shop', objects)))).toEqual([]);
  });

  const rule = (subsets: string[], host = EXIT) =>
    networking('DestinationRule', 'payments/payments.istio-egress', {
      host,
      trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' }, connectionPool: { http: { useClientProtocol: true } } },
      exportTo: ['.'],
      subsets: subsets.map((name) => ({ name })),
    });
  const user = networking('VirtualService', 'payments/other', {
    exportTo: ['.'],
    hosts: ['api.example.com'],
    http: [{ route: [{ destination: { host: EXIT, subset: 'a' } }] }],
  });
  const removed = 'error NeighbourSubsetRemoved DestinationRule payments/payments.istio-egress';

  test('lose their subsets, to which routes of theirs lead', () => {
    expect(found(documents(rule(['a', 'b']), user))).toEqual([removed]);
    expect(found(documents(rule(['b']), user))).not.toContain(removed);
    expect(found(rule(['a', 'b']))).toEqual([]);
    const kept = OURS.replace('mode: ISTIO_MUTUAL }\n', 'mode: ISTIO_MUTUAL }\n  subsets: [{ name: a }]\n');
    expect(found(documents(rule(['a', 'b']), user), kept)).not.toContain(removed);
  });
});

describe('documents', () => {
  const selector = (istio: string) => networking('Gateway', 'a/b', { selector: { istio } });

  test('that say different things of one object', () => {
    expect(found(documents(selector('a'), selector('b')))).toEqual(['warning DuplicateDocument Gateway a/b']);
    expect(found(documents(selector('a'), selector('a')))).toEqual([]);
    expect(findings('', documents(OURS, OURS))).toEqual([]);
  });
});

describe('a route that rewrites the Host header', () => {
  const rewriting = OURS.replace('http: [{ route', 'http: [{ rewrite: { authority: own.example }, route');
  const hidden = 'proxyHeaders: { envoyDebugHeaders: { disabled: true } }';
  const annotated = (value: string) =>
    rewriting.replace('annotations: {', `annotations: { proxy.istio.io/config: '${value}',`);
  const told = (ours: string, more = '') =>
    found(mesh(`${CLOSED}${more}`), ours).filter((line) => line.includes('CalledNameTold'));

  test('tells the upstream what was called, unless pods or mesh are told not to', () => {
    const TOLD = ['warning CalledNameTold Deployment istio-egress/istio-egress'];
    expect(told(rewriting)).toEqual(TOLD);
    expect(told(annotated('proxyHeaders: {}'))).toEqual(TOLD);
    expect(told(annotated(hidden))).toEqual([]);
    expect(told(rewriting, `defaultConfig: { ${hidden} }`)).toEqual([]);
    expect(told(OURS)).toEqual([]);
  });
});
