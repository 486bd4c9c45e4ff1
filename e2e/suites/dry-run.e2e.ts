/** Rules that are only tried out: calls pass as if they were not there, and the exit's log says what they would have done. */
import { App, Chart, Testing } from 'cdk8s';
import { Flux } from './flux';
import { EgressClient, EgressGateway, EgressWaypoint, HttpRule, EgressExit, TlsOriginationEgress } from '../../src';
import { AccessLogLine } from '../bed/access-log';
import { eventually } from '../bed/poll';
import { CallOptions } from '../world/call';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();

const flux = new Flux(mesh);

const HOST = 'api.example.com';

/** The exits, and where the clients of each are. */
const EXITS = [
  { title: 'a gateway', exit: 'istio-egress/istio-egress', client: 'shop' },
  { title: 'a waypoint', exit: 'istio-egress/egress-waypoint', client: 'payments' },
];

function declare(chart: Chart, exit: EgressExit, client: string, rules: HttpRule[]): void {
  new TlsOriginationEgress(chart, `${client}-api`, {
    hosts: [HOST],
    exit,
    clients: [EgressClient.namespace(client)],
    rules,
  });
}

/** Both exits, with the same rules. */
async function apply(...rules: HttpRule[]): Promise<void> {
  const app = Testing.app() as App;
  const platform = new Chart(app, 'platform');
  const gateway = new EgressGateway(platform, 'Exit');
  const waypoint = new EgressWaypoint(platform, 'Waypoint', { beside: gateway });
  declare(new Chart(app, 'shop'), gateway, 'shop', rules);
  declare(new Chart(app, 'payments'), waypoint, 'payments', rules);
  await flux.reconcile(app.charts.flatMap((chart) => chart.toJson()).map((object) => JSON.stringify(object)));
}

const call = (client: string, path: string): CallOptions => ({ from: `${client}/web`, url: `http://${HOST}${path}` });

type Trial = Pick<AccessLogLine, 'trial' | 'trialDeniedBy'>;

/** Makes a call that passes until the exit says of trials what is expected: connections keep a policy for a moment. */
async function isTried(exit: string, client: string, path: string, expected: Trial): Promise<void> {
  await eventually(`${path} to be tried as ${JSON.stringify(expected)}`, async () => {
    const { hops } = await mesh.expect(call(client, path), { outcome: 'allowed', status: 200, through: [exit] });
    const { trial, trialDeniedBy } = hops
      .map(({ line }) => line)
      .filter((line) => line.path === path)
      .at(-1)!;
    expect({ trial, trialDeniedBy }).toEqual(expected);
    return true;
  });
}

const admin = { paths: ['/admin/*'] };
const reading = { methods: ['GET'], paths: ['/v1/*'] };

beforeAll(async () => {
  for (const name of ['istio-egress', 'shop']) await mesh.namespace(name);
  await mesh.namespace('payments', { labels: { 'istio.io/dataplane-mode': 'ambient' } });
  for (const namespace of ['shop', 'payments']) await mesh.workload({ namespace, name: 'web' });
  await mesh.external({ hosts: [HOST] });
});
afterAll(async () => mesh.reset());

describe('a deny that is tried out', () => {
  beforeAll(async () => apply(HttpRule.deny(admin).dryRun()), 180_000);

  test.each(EXITS)('refuses nothing at $title, which says who would have', async ({ exit, client }) => {
    const trialDeniedBy = expect.stringContaining('.deny.dry-run]');
    await isTried(exit, client, '/admin/users', { trialDeniedBy });
    await isTried(exit, client, '/v1/users', {});
  });
});

describe('an allow that is tried out', () => {
  beforeAll(async () => apply(HttpRule.allow(reading).dryRun()), 180_000);

  test.each(EXITS)('takes nothing away at $title, which says what would be left', async ({ exit, client }) => {
    await isTried(exit, client, '/admin/users', { trial: 'denied' });
    await isTried(exit, client, '/v1/users', { trial: 'allowed' });
  });
});

describe('the same rules, in force', () => {
  beforeAll(async () => apply(HttpRule.allow(reading), HttpRule.deny(admin)), 180_000);

  test.each(EXITS)('refuse at $title', async ({ exit, client }) => {
    await mesh.expect(call(client, '/admin/users'), { outcome: 'refused', status: 403, by: exit });
    await isTried(exit, client, '/v1/users', {});
  });
});
