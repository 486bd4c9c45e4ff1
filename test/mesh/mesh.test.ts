import { App, Chart, Testing } from 'cdk8s';
import { EgressClient, EgressGateway, HttpEgress, Mesh, OutboundTrafficPolicy } from '../../src';
import { Manifests } from '../../src/assertions';
import { failing, world } from '../fixtures';

test('settings reach both hops: domain, revision, labels and annotations', () => {
  const app = Testing.app();
  Mesh.configure(app, {
    clusterDomain: 'corp.example',
    revision: 'canary',
    labels: { team: 'net' },
    annotations: { a: 'b' },
  });
  const exit = new EgressGateway(new Chart(app, 'platform'), 'Exit');
  const chart = new Chart(app, 'payments', { labels: { team: 'pay', app: 'shop' } });
  new HttpEgress(chart, 'News', { hosts: ['a.example'], exit, clients: [EgressClient.namespace('payments')] });

  const manifests = Manifests.fromApp(app);
  for (const manifest of manifests.all) expect(manifest.metadata.annotations).toEqual({ a: 'b' });
  manifests.has({ kind: 'Deployment' }, { metadata: { labels: { team: 'net' } } });
  manifests.has({ kind: 'Deployment' }, { spec: { template: { metadata: { labels: { 'istio.io/rev': 'canary' } } } } });
  manifests.has(
    { kind: 'DestinationRule', name: 'istio-egress' },
    { spec: { host: 'istio-egress.istio-egress.svc.corp.example' } },
  );
  manifests.has(
    { kind: 'VirtualService', namespace: 'payments' },
    { metadata: { labels: { team: 'pay', app: 'shop' } } },
  );
});

test('a chart can have settings of its own', () => {
  const app = Testing.app();
  const [canary, stable] = [new Chart(app, 'canary'), new Chart(app, 'stable')];
  Mesh.configure(canary, { revision: 'canary' });
  expect([Mesh.of(canary).revision, Mesh.of(stable).revision]).toEqual(['canary', undefined]);
});

test('a chart refines the settings of its app', () => {
  const app = Testing.app();
  Mesh.configure(app, { clusterDomain: 'corp.example', labels: { a: '1', b: '1' } });
  const chart = new Chart(app, 'chart');
  Mesh.configure(chart, { revision: 'canary', labels: { b: '2' } });
  expect(Mesh.of(chart)).toMatchObject({
    clusterDomain: 'corp.example',
    revision: 'canary',
    _labels: { a: '1', b: '2' },
  });
});

test("labels and annotations reach the gateway's pods, without taking their own", () => {
  const app = Testing.app();
  Mesh.configure(app, { labels: { cost: 'x', istio: 'mine' } });
  const chart = new Chart(app, 'platform');
  new EgressGateway(chart, 'Exit', { metadata: { annotations: { scan: 'no' } } });
  const { metadata } = Manifests.fromChart(chart).only({ kind: 'Deployment' }).spec.template;
  expect(metadata.labels).toMatchObject({ cost: 'x', istio: 'istio-egress' });
  expect(metadata.annotations).toMatchObject({ scan: 'no', 'inject.istio.io/templates': 'gateway' });
});

test('settings that come too late, or twice, are an error', () => {
  const { app, chart } = world();
  expect(() => Mesh.configure(app, {})).toThrow(failing('MeshConfiguredLate'));
  expect(() => Mesh.configure(chart, {})).not.toThrow();
  expect(() => Mesh.configure(chart, {})).toThrow(failing('MeshConfiguredLate'));
});

describe('what the mesh has to be', () => {
  const CLOSED = {
    outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY,
    gatewaysScopedToNamespace: true,
    serviceEntriesScopedToNamespace: true,
    rootNamespaceClosesGateways: true,
  };
  let warn: jest.SpyInstance;
  beforeEach(() => (warn = jest.spyOn(process, 'emitWarning').mockImplementation()));
  afterEach(() => warn.mockRestore());
  const warnings = () => warn.mock.calls.map(([message, { code }]) => ({ code, message }));

  /** Synthesizes an app of two charts that use the library. */
  function synthesize(configure: (app: App, charts: Chart[]) => void = () => undefined) {
    const app = Testing.app();
    const charts = [new Chart(app, 'a'), new Chart(app, 'b')];
    configure(app, charts);
    charts.forEach((chart) => new EgressGateway(chart, 'Exit', { name: `exit-${chart.node.id}` }));
    app.synth();
    return warnings();
  }

  test('an app that says nothing is told once what it rests on, and how to say so', () => {
    const [{ code, message }, ...more] = synthesize();
    expect([code, more]).toEqual(['MeshNotStated', []]);
    for (const setting of Object.keys(CLOSED)) expect(message).toContain(`${setting}: `);
    expect(message).toContain('enforced only if');
  });

  test('is told of what it leaves out', () => {
    const { gatewaysScopedToNamespace, ...rest } = CLOSED;
    const [{ message }] = synthesize((app) => Mesh.configure(app, { ...rest, gatewaysScopedToNamespace: undefined }));
    expect(message).toContain('gatewaysScopedToNamespace: true');
    expect(message).not.toContain('serviceEntriesScopedToNamespace');
  });

  test.each([
    ['for the app', (app: App) => Mesh.configure(app, CLOSED)],
    ['for each chart', (_: App, charts: Chart[]) => charts.forEach((chart) => Mesh.configure(chart, CLOSED))],
  ])('says nothing when all is said %s', (_, configure) => {
    expect(synthesize(configure)).toEqual([]);
  });

  test('a chart that says something of its own keeps what the app says', () => {
    const chartOf = (app: App, [chart]: Chart[]) => {
      Mesh.configure(app, CLOSED);
      Mesh.configure(chart, { dnsProxying: true, gatewaysScopedToNamespace: undefined });
    };
    expect(synthesize(chartOf)).toEqual([]);
  });

  test.each([
    ['OutboundAllowAny', { outboundTrafficPolicy: OutboundTrafficPolicy.ALLOW_ANY }, 'nothing that is declared here'],
    ['GatewaysNotScoped', { gatewaysScopedToNamespace: false }, 'PILOT_SCOPE_GATEWAY_TO_NAMESPACE'],
    ['ServiceEntriesNotScoped', { serviceEntriesScopedToNamespace: false }, 'serviceEntryVisibility'],
    ['ExitsNotClosed', { rootNamespaceClosesGateways: false }, 'open to the whole mesh'],
  ])('%s says aloud what is open, once', (code, settings, what) => {
    const [warning, ...more] = synthesize((app, [chart]) => {
      Mesh.configure(app, { ...CLOSED, ...settings });
      Mesh.configure(chart, { dnsProxying: true });
    });
    expect([warning.code, more]).toEqual([code, []]);
    expect(warning.message).toContain(what);
  });

  test('an older Istio cannot scope ServiceEntries', () => {
    const old = { istioVersion: '1.30' };
    expect(() => Mesh.configure(Testing.app(), { ...CLOSED, ...old })).toThrow(failing('VersionUnsupported', '1.30'));
    expect(synthesize((app) => Mesh.configure(app, old))[0].message).toContain('Istio 1.31');
  });
});

test('refuses settings that cannot be', () => {
  expect(() => Mesh.configure(Testing.app(), { clusterDomain: 'a..b' })).toThrow(
    failing('NameSyntax', 'clusterDomain'),
  );
  expect(() => Mesh.configure(Testing.app(), { istioVersion: '1.9' })).toThrow(failing('VersionUnsupported', '1.9'));
});

test('sidecars do not answer DNS unless that is said, once for everything below', () => {
  const app = Testing.app();
  Mesh.configure(app, { dnsProxying: true });
  expect(Mesh.of(new Chart(app, 'a')).dnsProxying).toBe(true);
  expect(Mesh.of(new Chart(Testing.app(), 'b')).dnsProxying).toBe(false);
});
