/** One host, declared several times for one namespace: by two charts, for two clients, on two ports, by two repos. */
import { App, Chart, Testing } from 'cdk8s';
import { unexplained } from './analyze';
import { Flux } from './flux';
import {
  Egress,
  EgressClient,
  EgressGateway,
  EgressPort,
  HttpEgress,
  TcpEgress,
  TlsOriginationEgress,
  TlsPassthroughEgress,
} from '../../src';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();
const EXIT = 'istio-egress/istio-egress';
const checkout = [EgressClient.serviceAccount('payments', 'checkout')];
const payments = [EgressClient.namespace('payments')];
const allowed = { outcome: 'allowed', through: [EXIT], hop: 'mutual' } as const;

const yaml = (app: App) => app.charts.flatMap((chart) => chart.toJson()).map((object) => JSON.stringify(object));

beforeAll(async () => {
  for (const name of ['istio-egress', 'payments']) await mesh.namespace(name);
  for (const name of ['checkout', 'report']) await mesh.workload({ namespace: 'payments', name, serviceAccount: name });
  await mesh.external({ hosts: ['db.example'], ports: [{ port: 5432, protocol: 'tcp' }] });
  for (const host of ['shared.example', 'one.example', 'two.example']) {
    await mesh.external({ hosts: [host], ports: [{ port: 443, protocol: 'https' }] });
  }
  await mesh.external({
    hosts: ['ports.example', '*.many.example', 'edge.many.example'],
    ports: [
      { port: 80, protocol: 'http' },
      { port: 443, protocol: 'https' },
      { port: 8080, protocol: 'http' },
    ],
  });
});
afterAll(async () => mesh.reset());

describe('in one app', () => {
  beforeAll(async () => {
    const app = Testing.app() as App;
    const exit = new EgressGateway(new Chart(app, 'platform'), 'Exit');
    const [one, other] = ['one', 'other'].map((id) => new Chart(app, id));
    for (const chart of [one, other]) {
      const open = { anyoneInMeshMayReadWhatServerSendsUnasked: true };
      new TcpEgress(chart, 'Db', { hosts: ['db.example'], port: 5432, exit, clients: payments, ...open });
    }
    new TlsPassthroughEgress(one, 'Shared', { hosts: ['shared.example'], exit, clients: checkout });
    new TlsPassthroughEgress(other, 'Shared', { hosts: ['shared.example'], exit, clients: payments });
    const hosts = ['ports.example'];
    new HttpEgress(one, 'Plain', { hosts, exit, clients: payments });
    new TlsOriginationEgress(other, 'Secure', { hosts, exit, clients: payments, port: 8080 });
    new Egress(one, 'Below', {
      hosts: ['*.many.example'],
      endpoints: [{ address: 'edge.many.example' }],
      exit,
      clients: payments,
      ports: [EgressPort.http(), EgressPort.http({ port: 8080 })],
    });
    await mesh.apply(yaml(app).join('\n---\n'));
    await mesh.ready();
    await mesh.settled();
  });

  test('istioctl analyze has nothing to say', async () => {
    const { stdout, stderr } = await mesh.istioctl(['analyze', '-A']);
    expect(unexplained('', `${stdout}\n${stderr}`)).toEqual([]);
  });

  test('new pods become ready, and reach a TCP host', async () => {
    await mesh.restart('payments/checkout');
    await mesh.ready();
    await mesh.settled();
    await mesh.expect({ from: 'payments/checkout', url: 'tcp://db.example:5432/' }, allowed);
  });

  test.each(['checkout', 'report'])('%s is let in: its account or its whole namespace is named', async (name) => {
    await mesh.expect({ from: `payments/${name}`, url: 'https://shared.example/' }, { ...allowed, upstream: 'tls' });
  });

  test.each(['ports.example:8080', 'ports.example', 'ports.example:80', 'PORTS.example:443'])(
    'what is called on port 8080 leaves as declared for 8080, with Host %s',
    async (host) => {
      const call = { from: 'payments/report', url: 'http://ports.example:8080/', headers: { host } };
      const { seen } = await mesh.expect(call, { ...allowed, upstream: 'tls', meshHeaders: 'hidden' });
      expect(seen.find((record) => record.host)?.host).toBe('ports.example');
    },
  );

  test.each(['ports.example', 'ports.example:80', 'ports.example:8080'])(
    'what is called on port 80 leaves as declared for 80, with Host %s',
    async (host) => {
      const call = { from: 'payments/report', url: 'http://ports.example/', headers: { host } };
      await mesh.expect(call, { ...allowed, upstream: 'plaintext', meshHeaders: 'hidden' });
    },
  );

  test('a wildcard on port 80 goes on when the namespace comes to know a host below it', async () => {
    const below = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'ServiceEntry',
      metadata: { name: 'below', namespace: 'payments' },
      spec: {
        hosts: ['own.many.example'],
        exportTo: ['.'],
        ports: [{ name: 'http', number: 80, protocol: 'HTTP' }],
        resolution: 'STATIC',
      },
    };
    await mesh.apply(below);
    await mesh.settled();
    await mesh.expect({ from: 'payments/checkout', url: 'http://x.many.example/' }, allowed);
    await mesh.delete(below);
  });

  test('below a wildcard the Host header names the port that is called, or the sidecar refuses it', async () => {
    const call = (port: string, host: string) => ({
      from: 'payments/report',
      url: `http://a.many.example${port}/`,
      headers: { host },
    });
    await mesh.expect(call(':8080', 'a.many.example:8080'), allowed);
    await mesh.expect(call('', 'a.many.example'), allowed);
    for (const [port, host] of [
      [':8080', 'a.many.example'],
      ['', 'a.many.example:8080'],
    ]) {
      await mesh.expect(call(port, host), { outcome: 'refused', status: 404, by: 'sidecar' });
    }
  });
});

describe('in two repos whose charts have equal ids', () => {
  const repo = (host: string) => {
    const app = Testing.app() as App;
    const exit = EgressGateway.imported();
    new TlsPassthroughEgress(new Chart(app, 'app'), 'Tls', { hosts: [host], exit, clients: checkout });
    return yaml(app);
  };

  test('neither takes anything from the other, also when one is pruned', async () => {
    const app = Testing.app() as App;
    const exit = new EgressGateway(new Chart(app, 'platform'), 'Exit');
    const hosts = ['one.example', 'two.example'];
    exit.grant('Both', { hosts, clients: checkout, ports: [EgressPort.tlsPassthrough()] });
    await mesh.apply(yaml(app).join('\n---\n'));
    const [one, two] = [new Flux(mesh), new Flux(mesh)];
    await one.reconcile(repo('one.example'));
    await two.reconcile(repo('two.example'));
    await mesh.ready();
    await mesh.settled();
    for (const host of hosts) {
      await mesh.expect({ from: 'payments/checkout', url: `https://${host}/` }, { ...allowed, upstream: 'tls' });
    }
    await two.reconcile([]);
    await mesh.expect({ from: 'payments/checkout', url: 'https://one.example/' }, { ...allowed, upstream: 'tls' });
    await mesh.expect(
      { from: 'payments/checkout', url: 'https://two.example/' },
      { outcome: 'refused', by: 'sidecar' },
    );
  });
});
