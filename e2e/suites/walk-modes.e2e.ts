/** From mode to mode of a guard, object by object, at a gateway: no granted call fails and nobody else gets out, whatever the order. */
import { App, Chart, Testing } from 'cdk8s';
import {
  EgressClient,
  EgressGateway,
  EgressGuard,
  GuardedNamespaces,
  GuardMode,
  HttpRule,
  InCluster,
  TcpEgress,
  TlsOriginationEgress,
  TlsPassthroughEgress,
} from '../../src';
import { FLUX, Order, REVERSE, shuffled } from '../walk/steps';
import { strangersHalf } from '../walk/stranger';
import { Walk } from '../walk/walk';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();

const API = 'api.example.com';
const OF_ACCOUNT = 'accounts.example.com';
const OF_NAMESPACE = 'whole.example.com';
const DATABASE = 'db.example.com';
let database: string;

/** `orders` as far as it is said, `payments` closed. */
function manifests(mode: GuardMode): string[] {
  const app = Testing.app() as App;
  const platform = new Chart(app, 'platform');
  const exit = new EgressGateway(platform, 'Exit');
  for (const [namespace, its] of Object.entries({ orders: mode, payments: GuardMode.ENFORCE })) {
    const namespaces = GuardedNamespaces.named([namespace]);
    new EgressGuard(platform, namespace, { namespaces, inCluster: InCluster.none(), mode: its });
  }
  const apps = new Chart(app, 'apps');
  const web = EgressClient.serviceAccount('orders', 'web');
  const clients = [web, EgressClient.serviceAccount('payments', 'web')];
  const rules = [HttpRule.deny({ paths: ['/admin/*'] })];
  new TlsOriginationEgress(apps, 'Api', { hosts: [API], exit, clients, rules });
  new TlsPassthroughEgress(apps, 'Accounts', { hosts: [OF_ACCOUNT], exit, clients: [web] });
  new TlsPassthroughEgress(apps, 'Whole', { hosts: [OF_NAMESPACE], exit, clients: [EgressClient.namespace('orders')] });
  new TcpEgress(apps, 'Database', { hosts: [DATABASE], port: 5432, addresses: [database], exit, clients: [web] });
  return app.charts.flatMap((chart) => chart.toJson()).map((object) => JSON.stringify(object));
}

const url = {
  api: `http://${API}/`,
  account: `https://${OF_ACCOUNT}/`,
  namespace: `https://${OF_NAMESPACE}/`,
  database: `tcp://${DATABASE}:5432`,
};

/** On TLS and TCP ports the exit's servers know the accounts, so that others of the namespace are refused in every mode. */
const walk = new Walk(mesh, {
  granted: [
    ...Object.values(url).map((to) => ({ from: 'orders/web', url: to })),
    { from: 'orders/clerk', url: url.namespace },
    { from: 'payments/web', url: url.api },
  ],
  refused: [
    ...Object.values(url).map((to) => ({ from: 'mallory/evil', url: to })),
    // Silent, to hear what a server says first.
    { from: 'mallory/evil', url: url.database, body: '', timeout: 1500 },
    { from: 'orders/clerk', url: url.account },
    { from: 'orders/clerk', url: url.database, body: '', timeout: 1500 },
    { from: 'payments/clerk', url: url.api },
  ],
});

const ORDERS: [string, Order][] = [
  ["Flux's order", FLUX],
  ['its reverse', REVERSE],
  ['any order', shuffled(16)],
];

const { OBSERVE, WARN, ENFORCE } = GuardMode;

beforeAll(async () => {
  for (const namespace of ['istio-egress', 'orders', 'payments', 'mallory']) await mesh.namespace(namespace);
  for (const workload of ['orders/web', 'orders/clerk', 'payments/web', 'payments/clerk', 'mallory/evil']) {
    const [namespace, name] = workload.split('/');
    await mesh.workload({ namespace, name });
  }
  for (const host of [API, OF_ACCOUNT, OF_NAMESPACE]) await mesh.external({ hosts: [host] });
  const ports = [{ port: 5432, protocol: 'tcp' as const, greets: true }];
  [database] = (await mesh.external({ hosts: [DATABASE], ports })).addresses;
  const before = manifests(OBSERVE);
  await mesh.apply(before.join('\n---\n'));
  await mesh.apply(strangersHalf(before, 'orders', 'mallory').join('\n---\n'));
  await mesh.ready();
  await mesh.settled();
}, 180_000);
afterAll(async () => mesh.reset());

test('while orders is observed', async () => {
  // The first connections of all, after which nothing is on its way any more.
  await mesh.expect({ from: 'orders/web', url: url.api }, { outcome: 'allowed', upstream: 'tls' });
  await mesh.expect({ from: 'orders/clerk', url: `http://${API}/admin/` }, { outcome: 'allowed' });
  expect(await walk.look()).toEqual([]);
});

describe.each(ORDERS)('object by object, in %s', (_, order) => {
  it.each([
    [OBSERVE, WARN],
    [WARN, ENFORCE],
    [ENFORCE, OBSERVE],
  ])('from %s to %s', async (before, after) => {
    expect(await walk.stepByStep(manifests(before), manifests(after), order)).toEqual([]);
  });
});

describe('all at once', () => {
  it('from OBSERVE to ENFORCE, which refuses', async () => {
    expect(await walk.atOnce(manifests(OBSERVE), manifests(ENFORCE))).toEqual([]);
    await mesh.expect({ from: 'orders/clerk', url: url.api }, { outcome: 'refused', status: 403 });
    await mesh.expect({ from: 'orders/web', url: `http://${API}/admin/` }, { outcome: 'refused', status: 403 });
  });

  it('and back', async () => {
    expect(await walk.atOnce(manifests(ENFORCE), manifests(OBSERVE))).toEqual([]);
    await mesh.expect({ from: 'orders/clerk', url: url.api }, { outcome: 'allowed', upstream: 'tls' });
  });
});
