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
    { kind: 'DestinationRule', namespace: 'payments' },
    { spec: { host: 'istio-egress.istio-egress.svc.corp.example' } },
  );
  manifests.has(
    { kind: 'VirtualService', namespace: 'payments' },
    { metadata: { labels: { team: 'net', app: 'shop' } } },
  );
});

test('a chart can have settings of its own', () => {
  const app = Testing.app();
  const [canary, stable] = [new Chart(app, 'canary'), new Chart(app, 'stable')];
  Mesh.configure(canary, { revision: 'canary' });
  expect([Mesh.of(canary).revision, Mesh.of(stable).revision]).toEqual(['canary', undefined]);
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
