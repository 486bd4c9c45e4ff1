import { AFTER, applied, BEFORE, EXIT, documents, findings, found, networking, OURS } from './given';

const rule = (name: string, host: string, more: object, created?: string) =>
  networking('DestinationRule', name, { host, trafficPolicy: { tls: { mode: 'DISABLE' } }, ...more }, created);

describe('for the exit’s Service, in the client’s namespace: as istiod 1.31.1 decides', () => {
  const ours = (exportTo: string[] | undefined, created: string) =>
    found(applied(rule('payments/x', EXIT, { exportTo }, created)));
  const REPLACED = ['error DestinationRuleReplaced DestinationRule payments/x'];

  test.each([
    // With the same exportTo the two are merged, and the oldest policy counts; else they stay apart, and the newest does.
    [['.'], BEFORE, REPLACED],
    [['.'], AFTER, []],
    [['*'], BEFORE, []],
    [['*'], AFTER, REPLACED],
    [['payments'], BEFORE, []],
    [['payments'], AFTER, REPLACED],
    [undefined, BEFORE, []],
    [undefined, AFTER, REPLACED],
  ])('exportTo %j, created %s', (exportTo, created, expected) => {
    expect(ours(exportTo, created)).toEqual(expected);
  });

  test('by its short name, which is a Service of its own namespace, it is another host', () => {
    expect(found(rule('payments/x', 'istio-egress', { exportTo: ['.'] }))).toEqual([]);
  });

  test('for some pods, it also takes ours from all others', () => {
    const selected = rule('payments/x', EXIT, { workloadSelector: { matchLabels: { app: 'b' } } });
    expect(findings(selected).map(({ what }) => what)).toEqual([
      expect.stringContaining('for pods with app=b: calls reach the gateway without TLS'),
      expect.stringContaining('is lost for pods that its selector does not match'),
    ]);
  });

  test('where it says nothing of TLS, Istio’s own choice counts, which is mutual TLS if the pods say that they take it', () => {
    const silent = rule('payments/x', EXIT, { exportTo: ['.'], trafficPolicy: {} });
    const labelled = OURS.replace(
      'sidecar.istio.io/inject',
      'security.istio.io/tlsMode: istio, sidecar.istio.io/inject',
    );
    const codes = (made: string) => found(silent, made).map((line) => line.split(' ')[1]);
    expect(codes(OURS)).toEqual(['DestinationRuleReplaced']);
    expect(codes(labelled)).toEqual(['DestinationRuleSettingsLost']);
  });

  test('says what is lost where TLS is kept', () => {
    const cluster = rule('payments/x', EXIT, { exportTo: ['.'], trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } } });
    expect(found(cluster)).toEqual(['warning DestinationRuleSettingsLost DestinationRule payments/x']);
  });

  test('the same as ours is no harm', () => {
    const trafficPolicy = { connectionPool: { http: { useClientProtocol: true } }, tls: { mode: 'ISTIO_MUTUAL' } };
    expect(found(rule('payments/x', EXIT, { exportTo: ['.'], trafficPolicy }))).toEqual([]);
  });
});

test.each([
  ['its own port', 80, ['error DestinationRuleReplaced DestinationRule payments/x']],
  ['another port', 443, ['warning DestinationRuleSettingsLost DestinationRule payments/x']],
])('a policy for %s goes before that of all ports', (_, number, expected) => {
  const trafficPolicy = {
    tls: { mode: 'ISTIO_MUTUAL' },
    portLevelSettings: [{ port: { number }, tls: { mode: 'DISABLE' } }],
  };
  expect(found(rule('payments/x', EXIT, { exportTo: ['.'], trafficPolicy }))).toEqual(expected);
});

test('rules for different pods stay apart', () => {
  const mutual = { connectionPool: { http: { useClientProtocol: true } }, tls: { mode: 'ISTIO_MUTUAL' } };
  const selected = (name: string, app: string, more: object = {}) =>
    rule(name, EXIT, { workloadSelector: { matchLabels: { app } }, ...more }, BEFORE);
  const cluster = documents(selected('payments/a', 'a', { trafficPolicy: mutual }), selected('payments/b', 'b'));
  const what = findings(cluster).map((finding) => finding.what);
  expect(what).toContainEqual(expect.stringContaining('for pods with app=b'));
  expect(what).not.toContainEqual(expect.stringContaining('for pods with app=a'));
});

test('how a Service is called by its own name is its owner’s matter', () => {
  const mutual = { trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } } };
  const own = (name: string, host: string) =>
    networking('VirtualService', name, { hosts: [host], http: [{ route: [{ destination: { host } }] }] });
  expect(found(rule('shop/x', 'cart', mutual), own('shop/cart', 'cart'))).toEqual([]);
  expect(found(own('shop/cart', 'cart'), rule('shop/x', 'cart', mutual))).toEqual([]);
});

describe('elsewhere', () => {
  const withoutHop = OURS.replace(`host: ${EXIT}\n  trafficPolicy`, 'host: other.example.com\n  trafficPolicy');

  test.each([
    ['a pattern in the client’s namespace', rule('payments/x', '*.svc.cluster.local', {})],
    ['in the exit’s namespace', rule('istio-egress/x', EXIT, {})],
    ['in the root namespace', rule('istio-system/x', EXIT, {})],
    ['in another namespace', rule('other/x', EXIT, {})],
  ])('%s, ours goes before it', (_, cluster) => {
    expect(found(cluster)).toEqual([]);
  });

  test('a private one of the exit’s namespace is none for clients', () => {
    expect(
      found(rule('istio-egress/x', EXIT, { exportTo: ['.'], trafficPolicy: { tls: { mode: 'SIMPLE' } } }), withoutHop),
    ).toEqual([]);
  });

  test.each(['istio-egress/x', 'istio-system/x'])('%s counts where ours has none for the Service', (name) => {
    const cluster = rule(name, '*.local', { trafficPolicy: { tls: { mode: 'SIMPLE' } } });
    expect(found(cluster, withoutHop)).toEqual([`error DestinationRuleReplaced DestinationRule ${name}`]);
  });
});

describe('for an external host at the exit', () => {
  test('an older one takes our subset', () => {
    const cluster = rule('istio-egress/x', 'api.stripe.com', { exportTo: ['.'], subsets: [{ name: 'port-80' }] });
    const [finding, ...more] = findings(cluster);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ code: 'DestinationRuleReplaced', severity: 'error' });
    expect(finding.what).toContain('leave the gateway without TLS instead of with TLS mode SIMPLE');
    expect(finding.affects).toEqual(['api.stripe.com at the gateway in istio-egress']);
  });

  test('one that is merged after ours changes nothing', () => {
    const cluster = rule(
      'istio-egress/x',
      'api.stripe.com',
      { exportTo: ['.'], subsets: [{ name: 'port-80' }] },
      AFTER,
    );
    expect(found(applied(cluster))).toEqual([]);
  });

  test('a subset that gets lost fails', () => {
    const cluster = rule('istio-egress/x', 'api.stripe.com', { exportTo: ['*'] }, AFTER);
    expect(findings(applied(cluster))[0].what).toContain('subset port-80 is not in it, and calls fail with 503');
  });
});

describe('what ours does to others’ calls', () => {
  // The documentation's egress gateway, and ours on the same pods and Service.
  const SERVICE = 'istio-egressgateway.istio-system.svc.cluster.local';
  const pods = JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'istio-egressgateway', namespace: 'istio-system' },
    spec: {
      template: {
        metadata: { labels: { istio: 'egressgateway' } },
        spec: { containers: [{ name: 'istio-proxy', args: ['proxy', 'router'] }] },
      },
    },
  });
  const service = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'istio-egressgateway', namespace: 'istio-system' },
    spec: {
      selector: { istio: 'egressgateway' },
      ports: [
        { name: 'http2', port: 80, targetPort: 8080 },
        { name: 'https', port: 443, targetPort: 8443 },
      ],
    },
  });
  const passthrough = documents(
    networking('Gateway', 'payments/wiki', {
      selector: { istio: 'egressgateway' },
      servers: [
        {
          port: { number: 443, name: 'tls', protocol: 'TLS' },
          hosts: ['www.wikipedia.org'],
          tls: { mode: 'PASSTHROUGH' },
        },
      ],
    }),
    networking('VirtualService', 'payments/wiki', {
      hosts: ['www.wikipedia.org'],
      gateways: ['mesh', 'wiki'],
      tls: [
        {
          match: [{ gateways: ['mesh'], port: 443, sniHosts: ['www.wikipedia.org'] }],
          route: [{ destination: { host: SERVICE, subset: 'wiki', port: { number: 443 } } }],
        },
        {
          match: [{ gateways: ['wiki'], port: 443, sniHosts: ['www.wikipedia.org'] }],
          route: [{ destination: { host: 'www.wikipedia.org', port: { number: 443 } } }],
        },
      ],
    }),
  );
  const theirRule = (exportTo?: string[]) =>
    networking('DestinationRule', 'payments/wiki', { host: SERVICE, exportTo, subsets: [{ name: 'wiki' }] });
  const ours = networking('DestinationRule', 'payments/hop', {
    host: SERVICE,
    exportTo: ['.'],
    trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } },
  });

  test('mutual TLS at its top also wraps their passthrough', () => {
    const [finding] = findings(documents(pods, service, passthrough, theirRule(['.'])), ours);
    expect(finding).toMatchObject({ code: 'NeighbourRuleReplaced', severity: 'error' });
    expect(finding.what).toContain('TLS mode ISTIO_MUTUAL instead of no TLS of their own');
  });

  test('with another exportTo, their subset is lost', () => {
    const [finding] = findings(documents(pods, service, passthrough, theirRule()), ours);
    expect(finding.what).toContain('subset wiki is lost, and they fail with 503');
  });

  test('in a subset, it leaves them alone', () => {
    const subset = networking('DestinationRule', 'payments/hop', {
      host: SERVICE,
      exportTo: ['.'],
      subsets: [{ name: 'ours', trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } } }],
    });
    expect(found(documents(pods, service, passthrough, theirRule(['.'])), subset)).toEqual([]);
  });

  test('calls to our own exit, which want mutual TLS, are no matter', () => {
    const other = networking('VirtualService', 'payments/other', {
      hosts: ['other.example.com'],
      http: [{ route: [{ destination: { host: EXIT, port: { number: 80 } } }] }],
    });
    expect(found(other)).toEqual([]);
  });
});
