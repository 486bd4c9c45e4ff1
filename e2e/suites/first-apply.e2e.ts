/** A new exit, and one that goes, object by object: what is not granted gets out at no moment. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart, Testing } from 'cdk8s';
import {
  EgressClient,
  EgressGateway,
  HttpEgress,
  HttpRule,
  Installation,
  TcpEgress,
  TlsPassthroughEgress,
} from '../../src';
import { FLUX, Order, podsFirst, REVERSE, shuffled } from '../walk/steps';
import { strangersHalf } from '../walk/stranger';
import { Walk } from '../walk/walk';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();

/** A new exit with all that is granted through it, and what the mesh has before the first exit comes. */
function declared() {
  const app = Testing.app() as App;
  const platform = new Chart(app, 'platform');
  const exit = new EgressGateway(platform, 'Exit');
  const apps = new Chart(app, 'apps');
  const clients = [EgressClient.serviceAccount('shop', 'web')];
  const rules = [HttpRule.allow({ methods: ['GET'] })];
  new HttpEgress(apps, 'Api', { hosts: ['api.example.com'], exit, clients, rules });
  new TcpEgress(apps, 'Db', { hosts: ['db.example.com'], port: 5432, exit, clients });
  const shop = [EgressClient.namespace('shop')];
  new TlsPassthroughEgress(apps, 'Tls', { hosts: ['tls.example.com'], exit, clients: shop });
  const files = Installation.write(app, mkdtempSync(join(tmpdir(), 'install-')));
  const closed = files.find((file) => file.endsWith('exits-closed.yaml'))!;
  return {
    documents: app.charts.flatMap((chart) => chart.toJson()).map((object) => JSON.stringify(object)),
    closed: readFileSync(closed, 'utf8'),
  };
}

const { documents, closed } = declared();

/** A stranger's way to the server for all of a namespace, which knows nobody by name. */
const SERVICE = 'istio-egress-tls.istio-egress.svc.cluster.local';
const networking = (kind: string, name: string, spec: object) =>
  JSON.stringify({
    apiVersion: 'networking.istio.io/v1',
    kind,
    metadata: { name, namespace: 'mallory' },
    spec: { exportTo: ['.'], ...spec },
  });
const BY_NAME = networking('DestinationRule', 'by-name', {
  host: SERVICE,
  subsets: ['ns.shop.443.tls.example.com', 'sa.5432.db.example.com'].map((sni, index) => ({
    name: `s${index}`,
    trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL', sni } },
  })),
});
const led = (subset: string) => [{ destination: { host: SERVICE, port: { number: 443 }, subset } }];
const BY_ROUTE = networking('VirtualService', 'by-route', {
  hosts: ['tls.example.com'],
  tls: [{ match: [{ port: 443, sniHosts: ['tls.example.com'] }], route: led('s0') }],
});

const API = 'http://api.example.com/';
const TLS = 'https://tls.example.com/';
const DB = 'tcp://db.example.com:5432/';
const from = (workload: string, ...urls: string[]) => urls.map((url) => ({ from: workload, url }));
const refused = [
  ...from('shop/clerk', API, DB),
  { from: 'shop/web', url: API, method: 'DELETE' },
  ...from('mallory/evil', API, TLS, DB),
];
const walk = new Walk(mesh, { granted: [], refused });

beforeAll(async () => {
  for (const namespace of ['istio-egress', 'shop', 'mallory']) await mesh.namespace(namespace);
  for (const workload of ['shop/web', 'shop/clerk', 'mallory/evil']) {
    const [namespace, name] = workload.split('/');
    await mesh.workload({ namespace, name });
  }
  for (const host of ['api.example.com', 'tls.example.com']) await mesh.external({ hosts: [host] });
  await mesh.external({ hosts: ['db.example.com'], ports: [{ port: 5432, protocol: 'tcp' }] });
  const half = strangersHalf(documents, 'shop', 'mallory').filter(
    (text) => !text.includes('"shop.tls.example.com"') || !text.includes('VirtualService'),
  );
  await mesh.apply([...half, BY_NAME, BY_ROUTE].join('\n---\n'));
  await mesh.ready();
}, 180_000);
afterAll(async () => mesh.reset());

async function comesAndGoes(order: Order): Promise<string[]> {
  const coming = await walk.stepByStep([], documents, order);
  for (const call of from('shop/web', API, TLS, DB)) await mesh.expect(call, { outcome: 'allowed' });
  return [...coming, ...(await walk.stepByStep(documents, [], order))];
}

describe('where the root namespace closes the pods of exits', () => {
  beforeAll(async () => mesh.apply(closed));
  afterAll(async () => mesh.delete(closed));

  test.each<[string, Order]>([
    ['Flux’s order', FLUX],
    ['the other way round', podsFirst(REVERSE)],
    ['any order', podsFirst(shuffled(7))],
  ])('in %s', async (_, order) => {
    expect(await comesAndGoes(order)).toEqual([]);
  });
});

test('where it does not, Flux’s order opens the exit for a moment', async () => {
  const wrong = await comesAndGoes(FLUX);
  for (const url of [API, TLS]) {
    expect(wrong).toContainEqual(
      expect.stringMatching(`apply VirtualService.*evil GET ${url} is refused, and got out`),
    );
    expect(wrong).toContainEqual(expect.stringMatching(`prune Auth.*evil GET ${url} is refused, and got out`));
  }
});
