/** One declaration's rules on both kinds of exit: clients, methods, paths and headers, allowed and denied. */
import { App, Chart, Testing } from 'cdk8s';
import { EgressClient, EgressGateway, EgressWaypoint, HttpRule, EgressExit, TlsOriginationEgress } from '../../src';
import { CallOptions } from '../world/call';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();

const EXITS = [
  { title: 'a gateway', workload: 'istio-egress/istio-egress', namespace: 'shop' },
  { title: 'a waypoint', workload: 'istio-egress/egress-waypoint', namespace: 'payments' },
];

function declare(app: App, namespace: string, exit: EgressExit): void {
  const [checkout, report] = ['checkout', 'report'].map((name) => EgressClient.serviceAccount(namespace, name));
  new TlsOriginationEgress(new Chart(app, namespace), 'Ledger', {
    hosts: ['ledger.example'],
    exit,
    clients: [checkout, report],
    rules: [
      HttpRule.allow({ clients: [checkout], methods: ['GET', 'POST'], paths: ['/v1/*'] }),
      HttpRule.allow({
        methods: ['GET'],
        paths: ['/reports/{*}/pdf'],
        headers: { 'X-Role': ['auditor', 'administrator'] },
      }),
      HttpRule.deny({ paths: ['/v1/internal/*'] }),
    ],
  });
}

beforeAll(async () => {
  await mesh.namespace('istio-egress');
  await mesh.namespace('shop');
  await mesh.namespace('payments', { labels: { 'istio.io/dataplane-mode': 'ambient' } });
  for (const { namespace } of EXITS) {
    for (const name of ['checkout', 'report']) await mesh.workload({ namespace, name });
  }
  for (const host of ['ledger', 'undeclared']) await mesh.external({ hosts: [`${host}.example`] });
  const app = Testing.app() as App;
  const platform = new Chart(app, 'platform');
  const gateway = new EgressGateway(platform, 'Exit');
  declare(app, 'shop', gateway);
  declare(app, 'payments', new EgressWaypoint(platform, 'Waypoint', { beside: gateway }));
  await mesh.apply(app.charts.flatMap((chart) => chart.toJson()));
  await mesh.ready();
  await mesh.settled();
}, 180_000);
afterAll(async () => mesh.reset());

type Rest = Partial<Omit<CallOptions, 'from' | 'url'>>;
const asRole = (role: string): Rest => ({ headers: { 'x-role': role } });

describe.each(EXITS)('$title', ({ workload, namespace }) => {
  const at = (account: string, path: string, rest?: Rest): CallOptions => ({
    from: `${namespace}/${account}`,
    url: `http://ledger.example${path}`,
    ...rest,
  });

  test.each<[string, string, string, Rest]>([
    ['a method and a path', 'checkout', '/v1/entries', {}],
    ['another method', 'checkout', '/v1/entries', { method: 'POST', body: 'x' }],
    ['a path with a query', 'checkout', '/v1/entries?internal=/v1/internal/', {}],
    ['a template and a header', 'checkout', '/reports/7/pdf', asRole('auditor')],
    ['another client', 'report', '/reports/7/pdf', asRole('auditor')],
    ['another value of a header', 'checkout', '/reports/7/pdf', asRole('administrator')],
  ])('lets through %s', async (_, account, path, rest) => {
    await mesh.expect(at(account, path, rest), {
      outcome: 'allowed',
      status: 200,
      through: [workload],
      hop: 'mutual',
      identity: `${namespace}/${account}`,
      tlsBy: workload,
      meshHeaders: 'hidden',
    });
  });

  test.each<[string, string, string, Rest]>([
    ['another method', 'checkout', '/v1/entries', { method: 'DELETE' }],
    ['another path', 'checkout', '/v2/entries', {}],
    ['what is denied, though it is allowed', 'checkout', '/v1/internal/keys', {}],
    ['two segments for one', 'checkout', '/reports/7/8/pdf', asRole('auditor')],
    ['no header', 'checkout', '/reports/7/pdf', {}],
    ['another value', 'checkout', '/reports/7/pdf', asRole('guest')],
    ['what only the other client may', 'report', '/v1/entries', {}],
  ])('refuses %s', async (_, account, path, rest) => {
    await mesh.expect(at(account, path, rest), { outcome: 'refused', status: 403, by: workload });
  });
});
