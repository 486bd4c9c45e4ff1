/** A new waypoint, and one that goes, object by object: what is not granted gets out at no moment, if the root namespace closes waypoints. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart, Testing } from 'cdk8s';
import {
  EgressClient,
  EgressGuard,
  EgressWaypoint,
  GuardedNamespaces,
  GuardScope,
  HttpEgress,
  HttpRule,
  InCluster,
  Installation,
  Mesh as Settings,
  TcpEgress,
} from '../../src';
import { FLUX, Order, podsFirst, REVERSE } from '../walk/steps';
import { Walk } from '../walk/walk';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();
const AMBIENT = { labels: { 'istio.io/dataplane-mode': 'ambient' } };

function declared() {
  const app = Testing.app() as App;
  Settings.configure(app, { rootNamespaceClosesEveryWaypoint: true });
  const exit = new EgressWaypoint(new Chart(app, 'platform'), 'Waypoint');
  const apps = new Chart(app, 'apps');
  const clients = [EgressClient.serviceAccount('shop', 'web')];
  const rules = [HttpRule.allow({ methods: ['GET'] })];
  new HttpEgress(apps, 'Api', { hosts: ['api.example.com'], exit, clients, rules });
  new TcpEgress(apps, 'Db', { hosts: ['db.example.com'], port: 5432, exit, clients });
  const guards = new Chart(app, 'guards');
  new EgressGuard(guards, 'Guard', {
    namespaces: GuardedNamespaces.named(['shop', 'mallory']),
    inCluster: InCluster.none(),
    exits: [exit],
    scope: GuardScope.ambient(),
  });
  const text = (charts: Chart[]) => charts.flatMap((chart) => chart.toJson()).map((object) => JSON.stringify(object));
  const files = Installation.write(app, mkdtempSync(join(tmpdir(), 'install-')));
  const closed = readFileSync(
    files.find((file) => file.endsWith('waypoints-closed.yaml'))!,
    'utf8',
  );
  return { closed, documents: text(app.charts.filter((chart) => chart !== guards)), guards: text([guards]) };
}

const { documents, guards, closed } = declared();

const API = 'http://api.example.com/';
const DB = 'tcp://db.example.com:5432/';
const from = (workload: string, ...urls: string[]) => urls.map((url) => ({ from: workload, url }));
const refused = [
  ...from('shop/clerk', API, DB),
  { from: 'shop/web', url: API, method: 'DELETE' },
  ...from('mallory/evil', API, DB),
];
const walk = new Walk(mesh, { granted: [], refused });

beforeAll(async () => {
  await mesh.namespace('istio-egress');
  for (const namespace of ['shop', 'mallory']) await mesh.namespace(namespace, AMBIENT);
  for (const workload of ['shop/web', 'shop/clerk', 'mallory/evil']) {
    const [namespace, name] = workload.split('/');
    await mesh.workload({ namespace, name });
  }
  await mesh.external({ hosts: ['api.example.com'] });
  await mesh.external({ hosts: ['db.example.com'], ports: [{ port: 5432, protocol: 'tcp' }] });
  await mesh.apply(guards.join('\n---\n'));
  await mesh.ready();
}, 180_000);
afterAll(async () => mesh.reset());

async function comesAndGoes(order: Order): Promise<string[]> {
  const coming = await walk.stepByStep([], documents, order);
  for (const call of from('shop/web', API, DB)) await mesh.expect(call, { outcome: 'allowed' });
  return [...coming, ...(await walk.stepByStep(documents, [], order))];
}

test('where nothing closes waypoints from the root, Flux’s order opens it for a moment', async () => {
  const wrong = await comesAndGoes(FLUX);
  for (const url of [API, DB]) {
    expect(wrong).toContainEqual(expect.stringMatching(`apply ServiceEntry.*evil GET ${url} is refused, and got out`));
    expect(wrong).toContainEqual(expect.stringMatching(`prune Auth.*evil GET ${url} is refused, and got out`));
  }
});

describe('where the root namespace closes waypoints', () => {
  beforeAll(async () => mesh.apply(closed));
  afterAll(async () => mesh.delete(closed));

  test.each<[string, Order]>([
    ['Flux’s order', FLUX],
    ['the other way round', podsFirst(REVERSE)],
  ])('in %s', async (_, order) => expect(await comesAndGoes(order)).toEqual([]));
});
