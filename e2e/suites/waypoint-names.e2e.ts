/** At a waypoint the name that the policy judged is the name whose route was taken, whatever callers write and in whatever order things came. */
import { App, Chart, Testing } from 'cdk8s';
import { Egress, EgressClient, EgressPort, EgressWaypoint, HttpEgress, TlsOriginationEgress } from '../../src';
import { CallOptions } from '../world/call';
import { Expectation } from '../world/expect';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();
const WAYPOINT = 'istio-egress/egress-waypoint';
const CHECKOUT = 'payments/checkout';
const REPORT = 'payments/report';
/** Names of objects before and behind that of the wildcard, `any.wiki.example`. */
const EXACT = ['aa.wiki.example', 'zz.wiki.example'];

const plain: Expectation = { outcome: 'allowed', through: [WAYPOINT], upstream: 'plaintext', meshHeaders: 'hidden' };
const encrypted: Expectation = { ...plain, upstream: 'tls', tlsBy: WAYPOINT };

let routes: any[];

beforeAll(async () => {
  await mesh.namespace('payments', { labels: { 'istio.io/dataplane-mode': 'ambient' } });
  await mesh.namespace('istio-egress');
  for (const name of ['checkout', 'report']) await mesh.workload({ namespace: 'payments', name });
  for (const host of [...EXACT, 'one.wiki.example', 'evil.example', 'bank.example', 'ported.example']) {
    await mesh.external({ hosts: [host] });
  }
  const app = Testing.app() as App;
  const exit = new EgressWaypoint(new Chart(app, 'platform'), 'Waypoint');
  const payments = new Chart(app, 'payments');
  const checkout = { exit, clients: [EgressClient.serviceAccount('payments', 'checkout')] };
  const report = { exit, clients: [EgressClient.serviceAccount('payments', 'report')] };
  new HttpEgress(payments, 'Wiki', { hosts: ['*.wiki.example'], ...checkout });
  new TlsOriginationEgress(payments, 'Exact', { hosts: [...EXACT, 'bank.example'], ...report });
  new Egress(payments, 'Ported', {
    hosts: ['ported.example'],
    ...checkout,
    ports: [EgressPort.tlsOrigination({ port: 8080 })],
  });
  const objects = app.charts.flatMap((chart) => chart.toJson());
  routes = objects.filter(({ kind }) => kind === 'VirtualService');
  await mesh.apply(objects);
  await mesh.ready();
  await mesh.settled();
}, 180_000);
afterAll(async () => mesh.reset());

async function everyoneGetsHisOwn(): Promise<void> {
  for (const server of EXACT) {
    await mesh.expect({ from: REPORT, url: `http://${server}/` }, { ...encrypted, server });
    await mesh.expect({ from: CHECKOUT, url: `http://${server}/` }, { outcome: 'refused', status: 403, by: WAYPOINT });
  }
  const one = { from: CHECKOUT, url: 'http://one.wiki.example/' };
  await mesh.expect(one, { ...plain, server: 'one.wiki.example' });
  await mesh.expect({ ...one, headers: { host: 'ONE.wiki.example' } }, { ...plain, server: 'one.wiki.example' });
}

describe('a wildcard and hosts below it keep their routes apart', () => {
  test('that came together', everyoneGetsHisOwn);

  /** As if each were an older version's, deleted and made again. */
  test.each(['*.wiki.example', ...EXACT])('when the route of %s is the youngest', async (host) => {
    const [young] = routes.filter(({ spec }) => spec.hosts[0] === host);
    await mesh.delete(young);
    await mesh.settled();
    // Ages count in seconds.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await mesh.apply(young);
    await mesh.settled();
    await everyoneGetsHisOwn();
  });

  test('when a route is missing, the other does not take its calls', async () => {
    const [missing] = routes.filter(({ spec }) => spec.hosts[0] === EXACT[0]);
    await mesh.delete(missing);
    await mesh.settled();
    try {
      const call = { from: REPORT, url: `http://${EXACT[0]}/` };
      await mesh.expect(call, { outcome: 'refused', status: 404, by: WAYPOINT });
    } finally {
      await mesh.apply(missing);
      await mesh.settled();
    }
  });
});

describe('with a grant for a wildcard', () => {
  const call: CallOptions = { from: CHECKOUT, url: 'http://one.wiki.example/', timeout: 2000 };

  describe.each(['1.1', '2'] as const)('HTTP/%s', (http) => {
    const AUTHORITIES = [
      ...['evil.example', 'aa.wiki.example', 'bank.example', '[::1]', '127.0.0.1'].map(
        (name) => `${name}:x.wiki.example`,
      ),
      ...['evil.example:80.wiki.example', 'evil.example:80@x.wiki.example', 'u@evil.example:x.wiki.example'],
      ...['aa.wiki.example:80', 'aa.wiki.example.', 'AA.WIKI.EXAMPLE', 'aa.wiki.example:', 'aa.wiki.example:080'],
      ...['wiki.example', '.wiki.example', 'one.wiki.example.', 'evil.example,x.wiki.example', 'evil.example', ''],
      ...['evil.example/x.wiki.example', 'evil.example?x.wiki.example', 'evil.example\\x.wiki.example'],
    ];

    test.each(AUTHORITIES)('%j leads nowhere', async (host) => {
      await mesh.expect({ ...call, http, headers: { host } }, { outcome: 'refused', by: WAYPOINT });
    });
  });

  test.each([
    ['a request target with another host', 'GET http://evil.example/ HTTP/1.1\r\nHost: one.wiki.example'],
    ['one with another host as a port', 'GET http://evil.example:x.wiki.example/ HTTP/1.1\r\nHost: one.wiki.example'],
    ['two Host headers', 'GET / HTTP/1.1\r\nHost: one.wiki.example\r\nHost: evil.example'],
    ['two Host headers, the other way round', 'GET / HTTP/1.1\r\nHost: evil.example\r\nHost: one.wiki.example'],
    ['no Host header', 'GET / HTTP/1.1\r\nAccept: */*'],
    ['CONNECT', 'CONNECT evil.example:80 HTTP/1.1\r\nHost: one.wiki.example'],
    ['HTTP/1.0', 'GET / HTTP/1.0\r\nHost: one.wiki.example'],
  ])('%s leads nowhere', async (_, head) => {
    const { seen, body } = await mesh.call({
      ...call,
      url: 'tcp://one.wiki.example:80',
      body: `${head}\r\nConnection: close\r\n\r\n`,
    });
    expect(body).toMatch(/^HTTP\/1.1 4/);
    expect(seen).toEqual([]);
  });

  test('the authority counts where HTTP/2 has a Host header beside it', async () => {
    const headers = { ':authority': 'one.wiki.example', host: 'evil.example' };
    // The bed writes `host` as the authority.
    await mesh.expect({ ...call, http: '2', headers }, { ...plain, server: 'one.wiki.example' });
  });
});

// Envoy adds x-envoy-original-host where it rewrites, after the route took headers away.
test('a Host header that is rewritten does not tell what it was', async () => {
  const { seen } = await mesh.expect({ from: CHECKOUT, url: 'http://ported.example:8080/' }, encrypted);
  expect(seen.at(-1)!.headers!.host).toBe('ported.example');
});
