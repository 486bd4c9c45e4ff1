/**
 * Who reads what a server sends unasked. A server of the exit that names service accounts decides in the handshake; a policy about
 * connections is asked on the caller's first byte, and whoever stays silent reads on.
 */
import { App, Chart, Testing } from 'cdk8s';
import { OWN_ADDRESS, tcpWayOfItsOwn } from './own-way';
import {
  EgressClient,
  EgressGateway,
  EgressWaypoint,
  Mesh as MeshSettings,
  TcpEgress,
  TlsPassthroughEgress,
} from '../../src';
import { CallOptions } from '../world/call';
import { Expectation } from '../world/expect';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();

const SERVICE = 'istio-egress-tls.istio-egress.svc.cluster.local';
const GATEWAY = 'istio-egress/istio-egress';
const WAYPOINT = 'istio-egress/egress-waypoint';
const HOSTS = ['accounts.example', 'whole.example', 'tls-accounts.example', 'tls-whole.example', 'ambient.example'];
const opened = { anyoneInMeshMayReadWhatServerSendsUnasked: true };

const listen = (from: string, host: string, rest: Partial<CallOptions> = {}): CallOptions => ({
  from,
  url: `tcp://${host}:5432`,
  listen: 1000,
  ...rest,
});

/** A caller of another namespace, with a way of its own to a server of the gateway, who says nothing. */
async function stranger(host: string, sni: string, expected: Expectation): Promise<void> {
  const way = tcpWayOfItsOwn(host, SERVICE, sni);
  await mesh.apply(way);
  await mesh.settled();
  try {
    await mesh.expect(listen('mallory/evil', host, { connectTo: { host: OWN_ADDRESS, port: 5432 } }), expected);
  } finally {
    await mesh.delete(way);
    await mesh.settled();
  }
}

function declare(app: App): void {
  MeshSettings.configure(app, { dnsProxying: true });
  const platform = new Chart(app, 'platform');
  const exit = new EgressGateway(platform, 'Exit');
  const shop = new Chart(app, 'shop');
  const [web, all] = [[EgressClient.serviceAccount('shop', 'web')], [EgressClient.namespace('shop')]];
  const on = (host: string) => ({ hosts: [host], port: 5432, exit });
  new TcpEgress(shop, 'Accounts', { ...on('accounts.example'), clients: web });
  new TcpEgress(shop, 'Whole', { ...on('whole.example'), clients: all, ...opened });
  new TlsPassthroughEgress(shop, 'TlsAccounts', { ...on('tls-accounts.example'), clients: web });
  new TlsPassthroughEgress(shop, 'TlsWhole', { ...on('tls-whole.example'), clients: all });
  const waypoint = new EgressWaypoint(platform, 'Waypoint');
  const payments = new Chart(app, 'payments');
  const clients = [EgressClient.serviceAccount('payments', 'checkout')];
  new TcpEgress(payments, 'Ambient', { ...on('ambient.example'), exit: waypoint, clients, ...opened });
}

beforeAll(async () => {
  const ports = [{ port: 5432, protocol: 'tcp' as const, streams: true }];
  for (const host of HOSTS) await mesh.external({ hosts: [host], ports });
  for (const name of ['istio-egress', 'shop', 'mallory']) await mesh.namespace(name);
  await mesh.namespace('payments', { labels: { 'istio.io/dataplane-mode': 'ambient' } });
  const annotations = { 'proxy.istio.io/config': 'proxyMetadata: { ISTIO_META_DNS_CAPTURE: "true" }' };
  for (const name of ['web', 'other']) await mesh.workload({ namespace: 'shop', name, annotations });
  await mesh.workload({ namespace: 'mallory', name: 'evil' });
  for (const name of ['checkout', 'report']) await mesh.workload({ namespace: 'payments', name });
  const app = Testing.app() as App;
  declare(app);
  await mesh.apply(app.charts.flatMap((chart) => chart.toJson()));
  await mesh.ready();
  await mesh.settled();
}, 180_000);
afterAll(async () => mesh.reset());

/** The server has sent into a connection that nobody was let into. */
const nothingHeard: Expectation = {
  outcome: 'refused',
  failure: ['closed', 'reset'],
  by: GATEWAY,
  outside: 'connection',
};
const allHeard: Expectation = { outcome: 'refused', outside: 'stream' };

describe('service accounts at a gateway', () => {
  it('the granted one reads the stream', async () => {
    const { received } = await mesh.expect(listen('shop/web', 'accounts.example'), { outcome: 'allowed' });
    expect(received).toBeGreaterThan(1000);
  });

  it('another account of the namespace gets no byte of it', async () => {
    const { received } = await mesh.expect(listen('shop/other', 'accounts.example'), nothingHeard);
    expect(received).toBe(0);
  });

  it.each([
    ['accounts.example', 'sa.5432.accounts.example'],
    ['tls-accounts.example', 'sa.5432.tls-accounts.example'],
  ])('a stranger with a way of its own to the server of %s gets none either', async (host, sni) => {
    await stranger(host, sni, nothingHeard);
  });
});

// What the word on the port says: it is refused without.
describe('where a policy decides, a silent stranger reads on', () => {
  it('of a whole namespace at a gateway', async () =>
    stranger('whole.example', 'ns.shop.5432.whole.example', allHeard));

  it('of any client at a waypoint, named by service account', async () => {
    await mesh.expect(listen('payments/report', 'ambient.example'), { ...allHeard, by: WAYPOINT });
  });

  it('and gets nothing out', async () => {
    const call = { from: 'payments/report', url: 'tcp://ambient.example:5432' };
    await mesh.expect(call, { outcome: 'refused', by: WAYPOINT, outside: 'connection' });
  });

  // A server that speaks first is no TLS server, and no use to the granted: their sidecars wait for their TLS.
  it('of TLS passthrough for a namespace, if the server is no TLS server', async () => {
    await stranger('tls-whole.example', 'ns.shop.5432.tls-whole.example', allHeard);
    const granted = await mesh.call(listen('shop/web', 'tls-whole.example'));
    expect(granted).toMatchObject({ received: 0, seen: [] });
  });
});
