/** From one set of declarations to the next, object by object in Flux's order: who is granted before and after notices nothing. */
import { App, Chart, Testing } from 'cdk8s';
import {
  EgressClient,
  EgressGateway,
  EgressPort,
  HttpEgress,
  TlsOriginationEgress,
  TlsPassthroughEgress,
} from '../../src';
import { FLUX } from '../walk/steps';
import { strangersHalf } from '../walk/stranger';
import { Calls, Walk } from '../walk/walk';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();

/** The server behind all names of a wildcard. */
let wikipedia: string;

/** What an app declares. */
type Declare = (exits: { one: EgressGateway; other: EgressGateway }, apps: Chart) => void;

function manifests(...declared: Declare[]): string[] {
  const app = Testing.app() as App;
  const platform = new Chart(app, 'platform');
  const one = new EgressGateway(platform, 'One');
  const other = new EgressGateway(platform, 'Other', { name: 'other-egress', namespace: 'other-egress' });
  const apps = new Chart(app, 'apps');
  for (const declare of declared) declare({ one, other }, apps);
  return app.charts.flatMap((chart) => chart.toJson()).map((object) => JSON.stringify(object));
}

const web = EgressClient.serviceAccount('shop', 'web');
const clerk = EgressClient.serviceAccount('shop', 'clerk');
const courier = EgressClient.serviceAccount('orders', 'courier');

const api =
  (...clients: EgressClient[]): Declare =>
  ({ one }, apps) =>
    new TlsOriginationEgress(apps, 'Api', { hosts: ['api.example.com'], exit: one, clients });
const tls =
  (...clients: EgressClient[]): Declare =>
  ({ one }, apps) =>
    new TlsPassthroughEgress(apps, 'Tls', { hosts: ['tls.example.com'], exit: one, clients });
const wildcard =
  (...clients: EgressClient[]): Declare =>
  ({ one }, apps) =>
    new HttpEgress(apps, 'Any', {
      hosts: ['*.wikipedia.org'],
      endpoints: [{ address: wikipedia }],
      exit: one,
      clients,
    });
const french =
  (...clients: EgressClient[]): Declare =>
  ({ one }, apps) =>
    new HttpEgress(apps, 'French', { hosts: ['fr.wikipedia.org'], exit: one, clients });

const from = (workload: string, ...urls: string[]) => urls.map((url) => ({ from: workload, url }));
const API = 'http://api.example.com/';
const TLS = 'https://tls.example.com/';
const FR = 'http://fr.wikipedia.org/';
const DE = 'http://de.wikipedia.org/';

interface Change extends Calls {
  readonly title: string;
  /** Each with all that is declared. */
  readonly stages: Declare[][];
}

const CHANGES: Change[] = [
  {
    title: 'one more client, and back',
    stages: [
      [api(web), tls(web)],
      [api(web, courier), tls(web, courier)],
      [api(web), tls(web)],
    ],
    granted: from('shop/web', API, TLS),
    refused: [...from('shop/clerk', API, TLS), ...from('mallory/evil', API, TLS)],
  },
  {
    title: 'one more account of the namespace, and back',
    stages: [
      [api(web), tls(web)],
      [api(web, clerk), tls(web, clerk)],
      [api(web), tls(web)],
    ],
    granted: from('shop/web', API, TLS),
    refused: from('mallory/evil', API, TLS),
  },
  {
    title: 'one more host, and back',
    stages: [[api(web)], [api(web), tls(web), french(web)], [api(web)]],
    granted: from('shop/web', API),
    refused: [...from('shop/clerk', API, TLS), ...from('mallory/evil', API, TLS, FR)],
  },
  {
    title: 'a host below a wildcard, and back',
    stages: [[wildcard(web)], [wildcard(web), french(web)], [wildcard(web)]],
    granted: from('shop/web', DE, FR),
    refused: [...from('shop/clerk', DE, FR), ...from('mallory/evil', DE, FR)],
  },
  {
    title: 'a host of another account below a wildcard: the wildcard is no longer for it',
    stages: [[wildcard(web)], [wildcard(web), french(clerk)]],
    granted: from('shop/web', DE),
    refused: [...from('shop/clerk', DE), ...from('mallory/evil', DE, FR)],
  },
  {
    title: 'a wildcard above a host, and back',
    stages: [[french(web)], [french(web), wildcard(courier)], [french(web)]],
    granted: from('shop/web', FR),
    refused: [...from('shop/clerk', FR, DE), ...from('orders/courier', FR), ...from('mallory/evil', FR, DE)],
  },
  {
    title: 'a host moves to another exit that grants it already, which the first one does until it has gone',
    stages: moving(),
    granted: from('shop/web', API, TLS),
    refused: [...from('shop/clerk', API, TLS), ...from('mallory/evil', API, TLS)],
  },
];

/** Grants stand at both exits while the client's half changes over. */
function moving(): Declare[][] {
  const hosts = ['api.example.com'];
  const granted =
    (exit: 'one' | 'other'): Declare =>
    (exits) => {
      exits[exit].grant('Api', { hosts, clients: [web], ports: [EgressPort.tlsOrigination()] });
      exits[exit].grant('Tls', { hosts: ['tls.example.com'], clients: [web], ports: [EgressPort.tlsPassthrough()] });
    };
  const declared =
    (exit: 'one' | 'other'): Declare =>
    (exits, apps) => {
      new TlsOriginationEgress(apps, 'Api', { hosts, exit: exits[exit], clients: [web] });
      new TlsPassthroughEgress(apps, 'Tls', { hosts: ['tls.example.com'], exit: exits[exit], clients: [web] });
    };
  return [
    [declared('one')],
    [declared('one'), granted('other')],
    [declared('other'), granted('one')],
    [declared('other')],
  ];
}

beforeAll(async () => {
  for (const namespace of ['istio-egress', 'other-egress', 'shop', 'orders', 'mallory']) {
    await mesh.namespace(namespace);
  }
  for (const workload of ['shop/web', 'shop/clerk', 'orders/courier', 'mallory/evil']) {
    const [namespace, name] = workload.split('/');
    await mesh.workload({ namespace, name });
  }
  for (const host of ['api.example.com', 'tls.example.com']) await mesh.external({ hosts: [host] });
  [wikipedia] = (await mesh.external({ hosts: ['*.wikipedia.org'] })).addresses;
  await mesh.apply(manifests().join('\n---\n'));
  await mesh.ready();
}, 180_000);
afterAll(async () => mesh.reset());

test.each(CHANGES)('$title', async ({ stages, granted, refused }) => {
  const sets = stages.map((declared) => manifests(...declared));
  const strangers = sets.flatMap((set) => strangersHalf(set, 'shop', 'mallory')).join('\n---\n');
  const walk = new Walk(mesh, { granted, refused });
  await mesh.apply(sets[0].join('\n---\n'));
  await mesh.apply(strangers);
  await mesh.settled();
  for (const call of granted) await mesh.expect(call, { outcome: 'allowed' });
  const wrong: string[] = [];
  for (const [index, set] of sets.slice(1).entries()) {
    wrong.push(...(await walk.stepByStep(sets[index], set, FLUX)).map((what) => `to stage ${index + 2}: ${what}`));
  }
  await mesh.delete(strangers);
  await mesh.delete(
    sets
      .at(-1)!
      .filter((document) => !manifests().includes(document))
      .join('\n---\n'),
  );
  expect(wrong).toEqual([]);
});
