/** From one set of declarations at a waypoint to the next, object by object in Flux's order: who is granted before and after notices nothing. */
import { App, Chart, Testing } from 'cdk8s';
import {
  EgressClient,
  EgressGateway,
  EgressWaypoint,
  EgressWaypointProps,
  TlsOriginationEgress,
  TlsPassthroughEgress,
} from '../../src';
import { FLUX } from '../walk/steps';
import { Calls, Walk } from '../walk/walk';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();
const AMBIENT = { labels: { 'istio.io/dataplane-mode': 'ambient' } };

const web = EgressClient.serviceAccount('shop', 'web');
const clerk = EgressClient.serviceAccount('shop', 'clerk');

interface Stage {
  readonly api: EgressClient[];
  readonly tls?: EgressClient[];
  /** Whether a gateway is there, is gone, or never was. */
  readonly gateway?: 'beside' | 'replaced';
}

function manifests({ api, tls, gateway }: Stage): string[] {
  const app = Testing.app() as App;
  const platform = new Chart(app, 'platform');
  const props: Record<string, () => EgressWaypointProps> = {
    beside: () => ({ beside: new EgressGateway(platform, 'Gateway') }),
    replaced: () => ({ replaces: 'istio-egress' }),
  };
  const exit = new EgressWaypoint(platform, 'Waypoint', gateway && props[gateway]());
  const apps = new Chart(app, 'apps');
  new TlsOriginationEgress(apps, 'Api', { hosts: ['api.example.com'], exit, clients: api });
  if (tls) new TlsPassthroughEgress(apps, 'Tls', { hosts: ['tls.example.com'], exit, clients: tls });
  return app.charts.flatMap((chart) => chart.toJson()).map((object) => JSON.stringify(object));
}

const from = (workload: string, ...urls: string[]) => urls.map((url) => ({ from: workload, url }));
const API = 'http://api.example.com/';
const TLS = 'https://tls.example.com/';

interface Change extends Calls {
  readonly title: string;
  readonly stages: Stage[];
}

const CHANGES: Change[] = [
  {
    title: 'one more client, and back',
    stages: [
      { api: [web], tls: [web] },
      { api: [web, clerk], tls: [web, clerk] },
      { api: [web], tls: [web] },
    ],
    granted: from('shop/web', API, TLS),
    refused: from('mallory/evil', API, TLS),
  },
  {
    title: 'one more host, and back',
    stages: [{ api: [web] }, { api: [web], tls: [web] }, { api: [web] }],
    granted: from('shop/web', API),
    refused: [...from('shop/clerk', API), ...from('mallory/evil', API)],
  },
  {
    title: 'the gateway beside it goes',
    stages: [
      { api: [web], tls: [web], gateway: 'beside' },
      { api: [web], tls: [web], gateway: 'replaced' },
    ],
    granted: from('shop/web', API, TLS),
    refused: [...from('shop/clerk', API, TLS), ...from('mallory/evil', API, TLS)],
  },
];

beforeAll(async () => {
  await mesh.namespace('istio-egress');
  for (const namespace of ['shop', 'mallory']) await mesh.namespace(namespace, AMBIENT);
  for (const workload of ['shop/web', 'shop/clerk', 'mallory/evil']) {
    const [namespace, name] = workload.split('/');
    await mesh.workload({ namespace, name });
  }
  for (const host of ['api.example.com', 'tls.example.com']) await mesh.external({ hosts: [host] });
}, 180_000);
afterAll(async () => mesh.reset());

test.each(CHANGES)('$title', async ({ stages, granted, refused }) => {
  const sets = stages.map(manifests);
  const walk = new Walk(mesh, { granted, refused });
  await mesh.apply(sets[0].join('\n---\n'));
  await mesh.ready();
  await mesh.settled();
  for (const call of granted) await mesh.expect(call, { outcome: 'allowed' });
  const wrong: string[] = [];
  for (const [index, set] of sets.slice(1).entries()) {
    wrong.push(...(await walk.stepByStep(sets[index], set, FLUX)).map((what) => `to stage ${index + 2}: ${what}`));
  }
  await mesh.delete(sets.at(-1)!.join('\n---\n'));
  expect(wrong).toEqual([]);
});
