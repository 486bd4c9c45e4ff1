import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App, Chart, Duration, YamlOutputType } from 'cdk8s';
import {
  Egress,
  EgressClient,
  EgressGateway,
  EgressPort,
  EgressProps,
  GatewayWorkload,
  HttpEgress,
  HttpRetries,
  IngressGateway,
  IngressProxy,
  SidecarExit,
  TcpEgress,
} from '../../src';
import { world } from '../fixtures';

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
  object('Mine', 'payments-news');
  expect(problems(app as App)).toMatch(
    /\[DuplicateObject\][^]*payments\/News\/client-payments VirtualService[^]*payments\/Mine/,
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

test('one host and port of a namespace has one way', () => {
  const { app, platform, exit, chart } = world();
  const elsewhere = new EgressGateway(platform, 'Elsewhere', { namespace: 'elsewhere' });
  const to = (id: string, options: object) =>
    new HttpEgress(chart, id, { hosts, exit, clients: [EgressClient.serviceAccount('payments', id)], ...options });
  to('a', {});
  to('b', {});
  to('c', { exit: elsewhere, port: 8080 });
  to('d', { exit: elsewhere, clients: [EgressClient.namespace('shop')] });
  expect(problems(app as App)).toBe('');
  to('e', { exit: elsewhere });
  expect(problems(app as App)).toContain('[ClientHopConflict]');
});

test('declarations through an imported exit agree on retries', () => {
  const { app, chart, clients } = world();
  const to = (id: string, retries: HttpRetries) =>
    new HttpEgress(chart, id, { hosts, exit: EgressGateway.imported(), clients, retries });
  to('a', HttpRetries.none());
  to('b', HttpRetries.none());
  expect(problems(app as App)).toBe('');
  to('c', HttpRetries.anyMethod(3));
  expect(problems(app as App)).toMatch(
    /\[ClientHopConflict\] payments\/.\/client-payments VirtualService: a.example:80 from payments/,
  );
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
  object('Mine', 'payments-news');
  expect(problems(app as App)).toContain('[DuplicateObject]');
});

test('one host through two exits of a namespace is an error', () => {
  const { app, platform, exit, chart, clients } = world();
  const second = new EgressGateway(platform, 'Second', { name: 'second' });
  new HttpEgress(chart, 'A', { hosts, exit, clients });
  new HttpEgress(chart, 'B', { hosts: ['b.example'], exit: second, clients });
  expect(problems(app as App)).toBe('');
  new HttpEgress(chart, 'C', { hosts, exit: second, clients });
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

test('the ports of a host with TCP are declared together: at two addresses it would be two hosts', () => {
  const { app, chart, clients, exit, database } = databases(true);
  const ports = [EgressPort.tcp(5432), EgressPort.tlsPassthrough()];
  new Egress(chart, 'Together', { hosts: ['a.example'], exit, clients, ports });
  database('B', 'b.example');
  expect(problems(app)).toBe('');
  new Egress(chart, 'Apart', { hosts: ['b.example'], exit, clients, ports: [EgressPort.tlsPassthrough()] });
  expect(problems(app)).toMatch(/\[CaptureConflict\][^]*b\.example in payments has a TCP port/);
});

test('a host is led through an exit or straight out, and straight out in one way', () => {
  const { app, exit, chart } = world();
  const clients = [EgressClient.namespace('payments')];
  const to = (id: string, options: object) => new HttpEgress(chart, id, { hosts, exit, clients, ...options });
  const direct = new SidecarExit();
  const endpoints = [{ address: '192.0.2.7' }];
  to('a', { hosts: ['b.example'], exit: direct, endpoints });
  to('b', { exit: direct, clients: [EgressClient.namespace('shop')] });
  to('c', {});
  expect(problems(app as App)).toBe('');
  to('d', { hosts: ['b.example'], exit: direct, endpoints, timeout: Duration.seconds(1) });
  expect(problems(app as App)).toContain('[ClientHopConflict] payments/d');
  to('e', { exit: direct });
  expect(problems(app as App)).toContain('[ClientHopConflict] payments/e');
});

/** What synthesis says of one host that a namespace knows in these two ways. */
function knownTwice(one: Partial<EgressProps>, other: Partial<EgressProps>): string {
  const { app, exit, chart } = world();
  const clients = [EgressClient.namespace('payments')];
  [one, other].forEach((props, i) => new Egress(chart, `E${i}`, { hosts, exit, clients, ports: [], ...props }));
  return problems(app as App);
}

const at8080 = { ports: [EgressPort.http({ port: 8080 })] };
const at443 = { ports: [EgressPort.tlsPassthrough()] };
const direct = { exit: new SidecarExit() };
const labels = (team: string) => ({ metadata: { labels: { team } } });

test.each<[string, Partial<EgressProps>, Partial<EgressProps>]>([
  ['by an exit and straight out', at8080, { ...at443, ...direct }],
  [
    'straight out to two places',
    { ...at8080, ...direct },
    { ...at443, ...direct, endpoints: [{ address: '192.0.2.7' }] },
  ],
  ['with different labels', { ...at8080, ...labels('a') }, { ...at443, ...labels('b') }],
])('a host is not known twice %s: Istio would ignore the ports of the newer entry', (_, one, other) => {
  expect(knownTwice(one, other)).toMatch(/\[ClientHopConflict\] payments\/E1[^]*a\.example in payments/);
});

test.each<[string, Partial<EgressProps>, Partial<EgressProps>]>([
  ['ports apart', at8080, at443],
  ['ports apart, straight out', { ...at8080, ...direct }, { ...at443, ...direct }],
  ['port 80, which needs no entry', { ports: [EgressPort.http()] }, { ...at443, ...direct }],
  ['the same ports under different labels', { ...at8080, ...labels('a') }, { ...at8080, ...labels('b') }],
  ['different namespaces', at8080, { ...at443, ...direct, clients: [EgressClient.namespace('shop')] }],
])('a host may be declared twice: %s', (_, one, other) => {
  expect(knownTwice(one, other)).toBe('');
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
