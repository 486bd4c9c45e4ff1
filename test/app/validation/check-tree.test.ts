import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App, Chart, YamlOutputType } from 'cdk8s';
import {
  EgressClient,
  EgressGateway,
  EgressPort,
  GatewayWorkload,
  HttpEgress,
  IngressGateway,
  IngressProxy,
  TcpEgress,
} from '../../../src';
import { world } from '../../fixtures';

const hosts = ['a.example'];

/** What synthesis says; empty if it passes. */
function problems(app: App): string {
  try {
    app.synthYaml();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

test('objects that would replace each other are an error that names both', () => {
  const { app, exit, chart, clients } = world();
  const object = (id: string, name: string) =>
    new ApiObject(chart, id, {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { namespace: 'payments', name },
    });
  new HttpEgress(chart, 'News', { hosts, exit, clients });
  object('Other', 'payments-other');
  expect(problems(app as App)).toBe('');
  object('Mine', 'payments.a.example');
  expect(problems(app as App)).toMatch(
    /\[DuplicateObject\][^]*payments\/News\/client-payments VirtualService 0[^]*payments\/Mine/,
  );
});

test('two gateways of one name are an error', () => {
  const { app, platform } = world();
  new EgressGateway(platform, 'Second');
  expect(problems(app as App)).toContain(
    '[DuplicateObject] platform/Second/Gateway: two objects are Gateway istio-egress/istio-egress',
  );
});

test.each([
  [YamlOutputType.FILE_PER_RESOURCE, true],
  [YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE, true],
  [YamlOutputType.FILE_PER_CHART, false],
  [YamlOutputType.FILE_PER_APP, false],
])('namesakes in two namespaces, output type %s: error %s', (yamlOutputType, expected) => {
  const app = new App({ yamlOutputType });
  const chart = new Chart(app, 'platform');
  new EgressGateway(chart, 'A', { namespace: 'a' });
  expect(problems(app)).toBe('');
  new EgressGateway(chart, 'B', { namespace: 'b' });
  expect(problems(app).includes('[OutputFileCollision]')).toBe(expected);
});

test('a namesake of another API group would overwrite its file', () => {
  const app = new App({ yamlOutputType: YamlOutputType.FILE_PER_RESOURCE });
  const chart = new Chart(app, 'platform');
  new EgressGateway(chart, 'A');
  const metadata = { name: 'istio-egress', namespace: 'istio-egress' };
  new ApiObject(chart, 'B', { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', metadata });
  expect(problems(app)).toContain('[OutputFileCollision]');
});

test('two exits never select the same pods', () => {
  const { app, platform } = world();
  new EgressGateway(platform, 'Namesake', { namespace: 'elsewhere' });
  expect(problems(app as App)).toBe('');
  const workload = GatewayWorkload.existing({ labels: { istio: 'istio-egress' }, service: 'x' });
  new EgressGateway(platform, 'Thief', { name: 'thief', workload });
  expect(problems(app as App)).toContain('[ExitSelectorShared] platform/Thief');
});

test('looks again when an object takes the place of another', () => {
  const { app, exit, chart, clients } = world();
  new HttpEgress(chart, 'News', { hosts, exit, clients });
  const object = (id: string, name: string) =>
    new ApiObject(chart, id, {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { namespace: 'payments', name },
    });
  object('Other', 'payments-other');
  expect(problems(app as App)).toBe('');
  chart.node.tryRemoveChild('Other');
  object('Mine', 'payments.a.example');
  expect(problems(app as App)).toContain('[DuplicateObject]');
});

test('one host through two exits of a namespace is an error', () => {
  const { app, platform, exit, chart, clients } = world();
  const second = new EgressGateway(platform, 'Second', { name: 'second' });
  new HttpEgress(chart, 'A', { hosts, exit, clients });
  new HttpEgress(chart, 'B', { hosts: ['b.example'], exit: second, clients });
  expect(problems(app as App)).toBe('');
  new HttpEgress(chart, 'C', { hosts, exit: second, clients: [EgressClient.namespace('shop')] });
  expect(problems(app as App)).toContain('[HostOnTwoExits]');
});

test.each([
  [{ hosts, resolution: 'NONE' }, true],
  [{ hosts }, true],
  [{ hosts, resolution: 'NONE', exportTo: ['istio-egress'] }, true],
  [{ hosts, resolution: 'NONE', exportTo: ['.'] }, false],
  [{ hosts, resolution: 'DNS' }, false],
  [{ hosts: ['b.example'], resolution: 'NONE' }, false],
])('a hand-written ServiceEntry %j: loops %s', (spec, expected) => {
  const { app, exit, chart, clients } = world();
  new HttpEgress(chart, 'A', { hosts, exit, clients });
  new ApiObject(chart, 'Mine', {
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: { name: 'mine', namespace: 'x' },
    spec,
  });
  expect(problems(app as App).includes('[ResolutionNone] payments/Mine')).toBe(expected);
});

test('nothing reaches the disk when a check fails', () => {
  const outdir = join(mkdtempSync(join(tmpdir(), 'egress-')), 'dist');
  const app = new App({ outdir });
  const chart = new Chart(app, 'platform');
  new EgressGateway(chart, 'A');
  new EgressGateway(chart, 'B');
  expect(() => app.synth()).toThrow('DuplicateObject');
  expect(existsSync(join(outdir, 'platform.k8s.yaml'))).toBe(false);
});

/** An app whose namespace `payments` calls databases through one exit. */
function databases(dnsProxying = false) {
  const { app, chart, clients } = world({}, { dnsProxying });
  const exit = EgressGateway.imported();
  const database = (id: string, host: string, options: object = {}) =>
    new TcpEgress(chart, id, { hosts: [host], port: 5432, exit, clients, ...options });
  return { app: app as App, chart, clients, exit, database };
}

test('a TCP port without addresses belongs to one host of a namespace', () => {
  const { app, database } = databases();
  database('A', 'a.example');
  database('Other', 'c.example', { port: 6432 });
  database('Shop', 'd.example', { clients: [EgressClient.namespace('shop')] });
  expect(problems(app)).toBe('');
  database('B', 'b.example');
  expect(problems(app)).toMatch(/\[CaptureConflict\] payments\/B[^]*a\.example and to b\.example[^]*dnsProxying/);
});

test('hosts with addresses of their own share a TCP port', () => {
  const { app, database } = databases();
  database('A', 'a.example', { addresses: ['192.0.2.1', '192.0.2.2'] });
  database('B', 'b.example', { addresses: ['192.0.2.3'] });
  database('Whole', 'c.example');
  expect(problems(app)).toBe('');
  database('D', 'd.example', { addresses: ['192.0.2.2'] });
  expect(problems(app)).toMatch(/\[CaptureConflict\] payments\/D[^]*192\.0\.2\.2, port 5432 in payments/);
});

test('sidecars that answer DNS tell hosts apart by themselves', () => {
  const { app, database } = databases(true);
  for (const name of ['a', 'b', 'c']) database(name, `${name}.example`);
  expect(problems(app)).toBe('');
});

test('an ingress gateway serves a host name once', () => {
  const { app, chart } = world();
  const proxy = (id: string, ingress: IngressGateway) =>
    new IngressProxy(chart, id, { ingress, hosts, ports: [EgressPort.http()] });
  proxy('A', IngressGateway.imported());
  proxy('Elsewhere', IngressGateway.imported({ namespace: 'edge', labels: { istio: 'edge' } }));
  expect(problems(app as App)).toBe('');
  proxy('B', IngressGateway.imported());
  expect(problems(app as App)).toContain('[IngressHostTwice]');
});
