import { Chart, Testing } from 'cdk8s';
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

test('says aloud that nothing is enforced under ALLOW_ANY', () => {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation();
  Mesh.configure(Testing.app(), { outboundTrafficPolicy: OutboundTrafficPolicy.ALLOW_ANY });
  expect(warn).toHaveBeenCalledWith(
    expect.stringContaining('nothing that is declared here is enforced'),
    expect.anything(),
  );
  Mesh.configure(Testing.app(), { gatewaysScopedToNamespace: false });
  expect(warn).toHaveBeenCalledWith(expect.stringContaining('PILOT_SCOPE_GATEWAY_TO_NAMESPACE'), expect.anything());
  warn.mockClear();
  Mesh.configure(Testing.app(), {});
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
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
