/** From mode to mode of a guard, object by object, at a waypoint: no granted call fails and nobody else gets out, whatever the order. */
import { App, Chart, Testing } from 'cdk8s';
import {
  EgressClient,
  EgressGuard,
  EgressWaypoint,
  GuardedNamespaces,
  GuardMode,
  GuardScope,
  HttpRule,
  InCluster,
  TcpEgress,
  TlsOriginationEgress,
  TlsPassthroughEgress,
} from '../../src';
import { FLUX, Order, REVERSE, shuffled } from '../walk/steps';
import { Walk } from '../walk/walk';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();
const AMBIENT = { labels: { 'istio.io/dataplane-mode': 'ambient' } };

const url = { api: 'http://api.example/', tls: 'https://sso.example/', database: 'tcp://db.example:5432' };

/** `orders` as far as it is said, `payments` closed. */
function manifests(mode: GuardMode): string[] {
  const app = Testing.app() as App;
  const platform = new Chart(app, 'platform');
  const exit = new EgressWaypoint(platform, 'Waypoint');
  for (const [namespace, its] of Object.entries({ orders: mode, payments: GuardMode.ENFORCE })) {
    const namespaces = GuardedNamespaces.named([namespace]);
    const props = { namespaces, inCluster: InCluster.none(), scope: GuardScope.ambient(), mode: its };
    new EgressGuard(platform, namespace, props);
  }
  const apps = new Chart(app, 'apps');
  const clients = ['orders', 'payments'].map((namespace) => EgressClient.serviceAccount(namespace, 'web'));
  const rules = [HttpRule.deny({ paths: ['/admin/*'] })];
  new TlsOriginationEgress(apps, 'Api', { hosts: ['api.example'], exit, clients, rules });
  new TlsPassthroughEgress(apps, 'Sso', { hosts: ['sso.example'], exit, clients });
  new TcpEgress(apps, 'Database', { hosts: ['db.example'], port: 5432, exit, clients });
  return app.charts.flatMap((chart) => chart.toJson()).map((object) => JSON.stringify(object));
}

const to = (from: string) => Object.values(url).map((its) => ({ from, url: its }));

const walk = new Walk(mesh, {
  granted: [...to('orders/web'), ...to('payments/web')],
  refused: [...to('mallory/evil'), ...to('payments/clerk')],
});

const ORDERS: [string, Order][] = [
  ["Flux's order", FLUX],
  ['its reverse', REVERSE],
  ['any order', shuffled(16)],
];

const { OBSERVE, WARN, ENFORCE } = GuardMode;

beforeAll(async () => {
  await mesh.namespace('istio-egress');
  for (const namespace of ['orders', 'payments', 'mallory']) await mesh.namespace(namespace, AMBIENT);
  for (const workload of ['orders/web', 'orders/clerk', 'payments/web', 'payments/clerk', 'mallory/evil']) {
    const [namespace, name] = workload.split('/');
    await mesh.workload({ namespace, name });
  }
  for (const host of ['api.example', 'sso.example']) await mesh.external({ hosts: [host] });
  await mesh.external({ hosts: ['db.example'], ports: [{ port: 5432, protocol: 'tcp' }] });
  await mesh.apply(manifests(OBSERVE).join('\n---\n'));
  await mesh.ready();
  await mesh.settled();
}, 180_000);
afterAll(async () => mesh.reset());

test('while orders is observed', async () => {
  for (const its of Object.values(url)) await mesh.expect({ from: 'orders/clerk', url: its }, { outcome: 'allowed' });
  await mesh.expect({ from: 'orders/web', url: 'http://api.example/admin/' }, { outcome: 'allowed' });
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
    await mesh.expect({ from: 'orders/clerk', url: url.tls }, { outcome: 'refused', outside: 'connection' });
    await mesh.expect({ from: 'orders/web', url: 'http://api.example/admin/' }, { outcome: 'refused', status: 403 });
  });

  it('and back', async () => {
    expect(await walk.atOnce(manifests(ENFORCE), manifests(OBSERVE))).toEqual([]);
    await mesh.expect({ from: 'orders/clerk', url: url.api }, { outcome: 'allowed' });
  });
});
