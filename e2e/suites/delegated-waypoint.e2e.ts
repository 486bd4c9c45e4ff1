/** A namespace that lets itself out, through a waypoint of its own, in a mesh where the platform has one for everybody. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Chart, Testing } from 'cdk8s';
import { parse } from 'yaml';
import { DelegatedEgressWaypoint, EgressClient, EgressWaypoint, TlsOriginationEgress } from '../../src';
import { Expectation } from '../world/expect';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();

const PLATFORM = 'istio-egress/egress-waypoint';
const OWN = 'payments/egress-waypoint';
const AMBIENT = { labels: { 'istio.io/dataplane-mode': 'ambient' } };
const CHECKOUT = 'payments/checkout';
const REPORT = 'payments/report';
const SHOP = 'shop/web';

const call = (from: string, host: string) => ({ from, url: `http://${host}.example/` });
const leavesBy = (exit: string, identity: string): Expectation => ({
  outcome: 'allowed',
  status: 200,
  through: [exit],
  hop: 'mutual',
  identity,
  tlsBy: exit,
  meshHeaders: 'hidden',
});
const refusedBy = (by: string): Expectation => ({ outcome: 'refused', status: 403, by });

let own: DelegatedEgressWaypoint;

function declare(app: App): void {
  const exit = new EgressWaypoint(new Chart(app, 'platform'), 'Waypoint');
  const declarations = new Chart(app, 'declarations');
  new TlsOriginationEgress(declarations, 'Bank', {
    hosts: ['bank.example'],
    exit,
    clients: [EgressClient.namespace('shop')],
  });
  own = new DelegatedEgressWaypoint(new Chart(app, 'payments'), 'Exit', { namespace: 'payments' });
  for (const host of ['ledger.example', 'bank.example']) {
    const clients = [EgressClient.serviceAccount('payments', 'checkout')];
    new TlsOriginationEgress(declarations, `Own-${host}`, { hosts: [host], exit: own, clients });
  }
}

beforeAll(async () => {
  const settings = readFileSync(join(__dirname, '../../install/ambient-waypoint/mesh-config.yaml'), 'utf8');
  await mesh.configure('REGISTRY_ONLY', parse(settings) as object);
  await mesh.namespace('istio-egress');
  for (const namespace of ['payments', 'shop']) await mesh.namespace(namespace, AMBIENT);
  for (const workload of [CHECKOUT, REPORT, SHOP]) {
    const [namespace, name] = workload.split('/');
    await mesh.workload({ namespace, name });
  }
  for (const host of ['bank', 'ledger']) await mesh.external({ hosts: [`${host}.example`] });
  const app = Testing.app() as App;
  declare(app);
  await mesh.apply(app.charts.flatMap((chart) => chart.toJson()));
  await mesh.ready();
  await mesh.settled();
}, 180_000);
afterAll(async () => mesh.reset());

test.each(['ledger', 'bank'])('%s is reached by whom the namespace names, through its own waypoint', async (host) => {
  await mesh.expect(call(CHECKOUT, host), leavesBy(OWN, CHECKOUT));
  await mesh.expect(call(REPORT, host), refusedBy(OWN));
});

test('another namespace goes to the platform’s waypoint for the same host', async () => {
  await mesh.expect(call(SHOP, 'bank'), leavesBy(PLATFORM, SHOP));
});

test('and knows nothing of the namespace’s own hosts', async () => {
  await mesh.expect(call(SHOP, 'ledger'), { outcome: 'allowed', through: [], upstream: 'plaintext' });
});

test('whoever writes in the namespace decides for it, and for nobody else', async () => {
  const policy = own.host('bank.example').authorizationPolicy.toJson();
  await mesh.apply({ ...policy, spec: { ...policy.spec, rules: [{}] } });
  await mesh.settled();
  await mesh.expect(call(REPORT, 'bank'), leavesBy(OWN, REPORT));
  await mesh.expect(call(SHOP, 'bank'), leavesBy(PLATFORM, SHOP));
});
