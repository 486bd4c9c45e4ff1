/** What other namespaces write about a waypoint's hosts, and what callers without a grant do: nothing of it opens or moves them. */
import { App, Chart, Testing } from 'cdk8s';
import { EgressClient, EgressWaypoint, TcpEgress, TlsOriginationEgress, TlsPassthroughEgress } from '../../src';
import { api } from '../bed/api';
import { Expectation } from '../world/expect';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();
const WAYPOINT = 'istio-egress/egress-waypoint';
const AMBIENT = { labels: { 'istio.io/dataplane-mode': 'ambient' } };
const CHECKOUT = 'payments/checkout';
const REPORT = 'payments/report';
const SHOP = 'shop/web';
const HOST = 'bank.example';
const EVIL = 'evil.example';

const call = (from: string) => ({ from, url: `http://${HOST}/` });
const granted: Expectation = { outcome: 'allowed', through: [WAYPOINT], tlsBy: WAYPOINT, server: HOST };
const refused: Expectation = { outcome: 'refused', status: 403, by: WAYPOINT };

/** An object that the team of `shop` writes. */
const theirs = (apiVersion: string, kind: string, name: string, spec: object, labels?: Record<string, string>) => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'shop', labels },
  spec,
});
const networking = 'networking.istio.io/v1';
const route = [{ route: [{ destination: { host: EVIL, port: { number: 80 } } }] }];
const entry = { exportTo: ['*'], ports: [{ number: 80, name: 'http', protocol: 'HTTP' }], resolution: 'DNS' };
const anybody = { action: 'ALLOW', rules: [{}] };
const older = [
  theirs(networking, 'VirtualService', 'all', { hosts: [HOST], exportTo: ['*'], http: route, tcp: route }),
  theirs(networking, 'VirtualService', 'wildcard', { hosts: ['*.example'], exportTo: ['istio-egress'], http: route }),
  theirs(networking, 'DestinationRule', 'bank', { host: HOST, trafficPolicy: { tls: { mode: 'DISABLE' } } }),
  theirs('security.istio.io/v1', 'AuthorizationPolicy', 'anybody', anybody),
];

beforeAll(async () => {
  for (const name of ['payments', 'shop']) await mesh.namespace(name, AMBIENT);
  await mesh.namespace('istio-egress');
  for (const workload of [CHECKOUT, REPORT, SHOP]) {
    const [namespace, name] = workload.split('/');
    await mesh.workload({ namespace, name });
  }
  const optedOut = { namespace: 'shop', labels: { 'istio.io/use-waypoint': 'none' } };
  await mesh.workload({ ...optedOut, name: 'no-waypoint' });
  for (const host of [HOST, EVIL, 'sso.example']) await mesh.external({ hosts: [host] });
  await mesh.external({ hosts: ['rows.example'], ports: [{ port: 5432, protocol: 'tcp', streams: true }] });
  await mesh.apply(older);
  // Ages count in seconds.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const app = Testing.app() as App;
  const exit = new EgressWaypoint(new Chart(app, 'platform'), 'Waypoint');
  const payments = new Chart(app, 'payments');
  const one = { exit, clients: [EgressClient.serviceAccount('payments', 'checkout')] };
  new TlsOriginationEgress(payments, 'Bank', { hosts: [HOST], ...one });
  new TlsPassthroughEgress(payments, 'Sso', { hosts: ['sso.example'], ...one });
  new TcpEgress(payments, 'Rows', { hosts: ['rows.example'], port: 5432, ...one });
  await mesh.apply(app.charts.flatMap((chart) => chart.toJson()));
  await mesh.ready();
  await mesh.settled();
}, 180_000);
afterAll(async () => mesh.reset());

async function isAsDeclared(): Promise<void> {
  await mesh.expect(call(CHECKOUT), granted);
  for (const from of [REPORT, SHOP]) await mesh.expect(call(from), refused);
}

test('routes, rules and policies that were there before, exported to it', isAsDeclared);

describe('another namespace', () => {
  async function beside(object: object, attempt = isAsDeclared): Promise<void> {
    await mesh.apply(object);
    await mesh.settled();
    try {
      await attempt();
    } finally {
      await mesh.delete(object);
      await mesh.settled();
    }
  }
  const httpRoute = (parent: object) =>
    theirs('gateway.networking.k8s.io/v1', 'HTTPRoute', 'mine', {
      parentRefs: [{ namespace: 'istio-egress', ...parent }],
      rules: [{ backendRefs: [{ group: 'networking.istio.io', kind: 'Hostname', name: EVIL, port: 80 }] }],
    });

  test('attaches a route to its ServiceEntry', async () => {
    await beside(httpRoute({ group: 'networking.istio.io', kind: 'ServiceEntry', name: `egress-waypoint.${HOST}` }));
  });

  test('attaches a route to the waypoint', async () => {
    await beside(httpRoute({ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'egress-waypoint' }));
  });

  /** The address by which ztunnel knows the host. */
  async function address(): Promise<string> {
    const at = `/apis/networking.istio.io/v1/namespaces/istio-egress/serviceentries/egress-waypoint.${HOST}`;
    const { status } = await api.json(at);
    return status.addresses.find(({ value }: { value: string }) => /^\d+\./.test(value)).value;
  }

  test('claims its virtual address for a host of its own', async () => {
    await beside(theirs(networking, 'ServiceEntry', 'mine', { ...entry, hosts: [EVIL], addresses: [await address()] }));
  });

  test('claims its virtual address for a workload', async () => {
    await beside(theirs(networking, 'WorkloadEntry', 'mine', { address: await address() }, { app: 'mine' }));
  });

  // For itself alone. Where nothing but the waypoint may be reached, which takes a NetworkPolicy, it leads nowhere.
  test.each([
    ['no waypoint', {}],
    ['ours', { 'istio.io/use-waypoint': 'egress-waypoint', 'istio.io/use-waypoint-namespace': 'istio-egress' }],
    ['one that does not exist', { 'istio.io/use-waypoint': 'missing' }],
  ])('goes its own way with a ServiceEntry that names %s', async (_, labels) => {
    await beside(theirs(networking, 'ServiceEntry', 'mine', { ...entry, hosts: [HOST] }, labels), async () => {
      await mesh.expect(call(SHOP), { outcome: 'allowed', through: [], upstream: 'plaintext' });
      await mesh.expect(call(CHECKOUT), granted);
      await mesh.expect(call(REPORT), refused);
    });
  });

  test('opts its pods out of waypoints', async () => {
    await mesh.expect(call('shop/no-waypoint'), refused);
  });
});

describe('a caller without a grant', () => {
  const rows = { url: 'tcp://rows.example:5432' };

  test('who stays silent hears nothing of a server that speaks first', async () => {
    for (const from of [REPORT, SHOP]) {
      const { seen, body } = await mesh.call({ ...rows, from, listen: 1000, timeout: 2000 });
      expect([body, seen]).toEqual([undefined, []]);
    }
  });

  test('who speaks is cut off', async () => {
    const cut: Expectation = { outcome: 'refused', failure: ['reset', 'closed'], by: WAYPOINT, outside: 'connection' };
    for (const from of [REPORT, SHOP]) await mesh.expect({ ...rows, from }, cut);
  });

  test('while the granted one, who speaks first, is answered', async () => {
    await mesh.expect({ ...rows, from: CHECKOUT }, { outcome: 'allowed', through: [WAYPOINT], server: 'rows.example' });
    await mesh.expect({ from: CHECKOUT, url: 'https://sso.example/' }, { outcome: 'allowed', tlsBy: 'caller' });
  });
});
