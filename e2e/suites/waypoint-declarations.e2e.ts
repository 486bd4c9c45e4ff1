/** What the library's declarations come to at a waypoint: who gets through, headers, timeouts, retries, TLS, TCP, wildcards. */
import { App, Chart, Duration, Testing } from 'cdk8s';
import {
  Egress,
  EgressClient,
  EgressPort,
  EgressWaypoint,
  HttpEgress,
  HttpRetries,
  Mesh as MeshSettings,
  TcpEgress,
  TlsCredential,
  TlsOriginationEgress,
  TlsPassthroughEgress,
  UpstreamTls,
} from '../../src';
import { eventually } from '../bed/poll';
import { CallOptions } from '../world/call';
import { Expectation } from '../world/expect';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();

const WAYPOINT = 'istio-egress/egress-waypoint';
const AMBIENT = { labels: { 'istio.io/dataplane-mode': 'ambient' } };
const CHECKOUT = 'payments/checkout';
const REPORT = 'payments/report';
const checkout = EgressClient.serviceAccount('payments', 'checkout');
const report = EgressClient.serviceAccount('payments', 'report');

const ALLOWED: Expectation = { outcome: 'allowed', through: [WAYPOINT], hop: 'mutual', meshHeaders: 'hidden' };
const FORBIDDEN: Expectation = { outcome: 'refused', status: 403, by: WAYPOINT };
const CUT: Expectation = { outcome: 'refused', failure: ['reset', 'closed'], by: WAYPOINT, outside: 'connection' };

/** An address at which applications call a server by number. */
let archiveAddress: string;

function declare(app: App): void {
  const exit = new EgressWaypoint(new Chart(app, 'platform'), 'Waypoint');
  const payments = new Chart(app, 'payments');
  const one = { exit, clients: [checkout] };
  const open = { anyoneInMeshMayReadWhatServerSendsUnasked: true };

  new TlsOriginationEgress(payments, 'Ledger', { hosts: ['ledger.example'], ...one });
  new HttpEgress(payments, 'Headers', {
    hosts: ['headers.example'],
    ...one,
    headers: {
      requestAdd: { 'x-team': 'payments' },
      requestSet: { 'x-tenant': '100% %DOWNSTREAM_PEER_SUBJECT%' },
      requestRemove: ['cookie'],
      responseAdd: { 'x-by': 'exit' },
      responseRemove: ['x-bed-server'],
    },
  });
  new HttpEgress(payments, 'Slow', { hosts: ['slow.example'], ...one, timeout: Duration.millis(400) });
  new HttpEgress(payments, 'None', { hosts: ['none.example'], ...one });
  new HttpEgress(payments, 'Idempotent', { hosts: ['idempotent.example'], ...one, retries: HttpRetries.idempotent(2) });
  new HttpEgress(payments, 'Any', { hosts: ['any.example'], ...one, retries: HttpRetries.anyMethod(2) });
  new TlsOriginationEgress(payments, 'Bank', {
    hosts: ['bank.example'],
    ...one,
    tls: UpstreamTls.mutual(TlsCredential.named('bank-client-certificate')),
  });
  new TlsPassthroughEgress(payments, 'Sso', { hosts: ['sso.example'], ...one });
  new TcpEgress(payments, 'Orders', { hosts: ['orders.example'], port: 5432, ...one, ...open });
  new TcpEgress(payments, 'Stock', { hosts: ['stock.example'], port: 5432, exit, clients: [report], ...open });
  new TcpEgress(payments, 'Archive', {
    hosts: ['archive.example'],
    port: 22,
    ...one,
    ...open,
    addresses: [archiveAddress],
  });
  new Egress(payments, 'Blogs', { hosts: ['*.blogs.example'], ...one, ports: [EgressPort.http()] });
  new HttpEgress(payments, 'Editor', { hosts: ['editor.blogs.example'], exit, clients: [report] });
}

async function outside(): Promise<void> {
  const hosts = ['ledger', 'headers', 'slow', 'none', 'idempotent', 'any', 'sso'];
  for (const host of [...hosts, 'one.blogs', 'two.blogs', 'editor.blogs', 'undeclared']) {
    await mesh.external({ hosts: [`${host}.example`] });
  }
  await mesh.external({ hosts: ['bank.example'], requireClientCertificate: true });
  const tcp = (port: number) => [{ port, protocol: 'tcp' as const }];
  for (const host of ['orders', 'stock']) await mesh.external({ hosts: [`${host}.example`], ports: tcp(5432) });
  [archiveAddress] = (await mesh.external({ hosts: ['archive.example'], ports: tcp(22) })).addresses;
}

beforeAll(async () => {
  for (const name of ['payments', 'shop']) await mesh.namespace(name, AMBIENT);
  for (const name of ['istio-egress', 'newsroom']) await mesh.namespace(name);
  await mesh.namespace('batch', { injection: false });
  for (const workload of [CHECKOUT, REPORT, 'shop/web', 'newsroom/reader', 'batch/nightly']) {
    const [namespace, name] = workload.split('/');
    await mesh.workload({ namespace, name });
  }
  await outside();
  await mesh.clientCertificate('istio-egress/bank-client-certificate', 'our-company');
  const app = Testing.app() as App;
  declare(app);
  await mesh.apply(app.charts.flatMap((chart) => chart.toJson()));
  await mesh.ready();
  await mesh.settled();
}, 180_000);
afterAll(async () => mesh.reset());

describe('a host is closed to', () => {
  const ledger = { from: CHECKOUT, url: 'http://ledger.example/v1/entries' };

  beforeAll(async () => {
    await mesh.expect(ledger, { ...ALLOWED, status: 200, identity: CHECKOUT, tlsBy: WAYPOINT });
  });

  test.each([
    ['another Host header', { headers: { host: 'undeclared.example' } }],
    ['the Host header of another declared host', { headers: { host: 'headers.example' } }],
    ['another client of the namespace', { from: REPORT }],
    ['another namespace', { from: 'shop/web' }],
  ])('%s', async (_, rest) => {
    await mesh.expect({ ...ledger, ...rest }, FORBIDDEN);
  });

  test('a namespace with sidecars, by its sidecar', async () => {
    await mesh.expect({ ...ledger, from: 'newsroom/reader' }, { outcome: 'refused', by: 'sidecar' });
  });

  // What it sends past the waypoint only a NetworkPolicy stops.
  test('a namespace that is not enrolled, at the waypoint', async () => {
    const [{ status }] = await mesh.pods(WAYPOINT);
    const connectTo = { host: status!.podIP as string, port: 15008 };
    await mesh.expect({ ...ledger, from: 'batch/nightly', connectTo, timeout: 2000 }, { outcome: 'refused' });
  });
});

describe('TLS to the host is verified', () => {
  const hosts = ['ledger.example'];

  afterAll(async () => {
    await mesh.external({ hosts });
  });

  test.each([
    ['an untrusted authority', { hosts, ca: 'untrusted' as const }],
    ['another name', { hosts, certificateHosts: ['evil.example'] }],
  ])('with a certificate of %s it gets no request', async (_, server) => {
    await mesh.external(server);
    const call = { from: CHECKOUT, url: 'http://ledger.example/' };
    await mesh.expect(call, { outcome: 'refused', status: 503, by: WAYPOINT, outside: 'handshake' });
  });
});

describe('headers of the mesh that the caller makes up', () => {
  const forged = {
    'x-forwarded-client-cert': 'URI=spiffe://cluster.local/ns/payments/sa/checkout',
    'x-forwarded-for': '127.0.0.1',
    'x-envoy-internal': 'true',
    'x-envoy-peer-metadata': 'x',
    'x-envoy-original-path': '/',
  };
  const call = { from: CHECKOUT, url: 'http://headers.example/', headers: forged };

  test('do not leave', async () => {
    await mesh.expect(call, ALLOWED);
  });

  test('do not help', async () => {
    await mesh.expect({ ...call, from: REPORT }, FORBIDDEN);
  });
});

test('headers are added, set and removed, in both directions, and their values are literal', async () => {
  const call = {
    from: CHECKOUT,
    url: 'http://headers.example/',
    headers: { cookie: 'a=b', 'x-tenant': 'mine', 'x-team': 'theirs' },
  };
  const { seen, headers } = await mesh.expect(call, { ...ALLOWED, upstream: 'plaintext' });
  const arrived = seen.find(({ kind }) => kind === 'request')!.headers!;
  expect(arrived['x-tenant']).toBe('100% %DOWNSTREAM_PEER_SUBJECT%');
  expect(arrived['x-team']).toMatch(/theirs.*payments/);
  expect(arrived).not.toHaveProperty('cookie');
  expect(arrived).not.toHaveProperty('x-request-id');
  expect(headers).toMatchObject({ 'x-by': 'exit' });
});

test('a host that is too slow gives 504', async () => {
  const call = { from: CHECKOUT, url: 'http://slow.example/' };
  await mesh.expect(call, { ...ALLOWED, status: 200 });
  await mesh.behave('slow.example', { delay: 2000 });
  try {
    expect((await mesh.call(call)).status).toBe(504);
  } finally {
    await mesh.behave('slow.example', {});
  }
});

test.each([
  ['none', 'GET', 1],
  ['idempotent', 'GET', 3],
  ['idempotent', 'POST', 1],
  ['any', 'POST', 3],
])('HttpRetries.%s sends a failing %s %d times', async (host, method, times) => {
  await mesh.expect({ from: CHECKOUT, url: `http://${host}.example/` }, ALLOWED);
  const result = await mesh.call({ from: CHECKOUT, url: `http://${host}.example/status/503`, method });
  expect(result.status).toBe(503);
  expect(result.seen.filter((record) => record.kind === 'request')).toHaveLength(times);
});

test('mutual TLS shows the certificate of the exit’s namespace, to the client that may call', async () => {
  const call = { from: CHECKOUT, url: 'http://bank.example/transfers' };
  await mesh.expect(call, { ...ALLOWED, status: 200, tlsBy: WAYPOINT, clientCertificate: 'our-company' });
  await mesh.expect({ ...call, from: REPORT }, FORBIDDEN);
});

test('TLS of the application passes as it is, for the client that may call', async () => {
  const call = { from: CHECKOUT, url: 'https://sso.example/token' };
  await mesh.expect(call, { outcome: 'allowed', through: [WAYPOINT], identity: CHECKOUT, tlsBy: 'caller' });
  await mesh.expect({ ...call, from: REPORT }, CUT);
  await mesh.expect({ ...call, from: 'shop/web' }, CUT);
});

describe('TCP', () => {
  const allowed: Expectation = { outcome: 'allowed', through: [WAYPOINT], hop: 'mutual' };

  test('two hosts on one port are each for their own client', async () => {
    const orders = { from: CHECKOUT, url: 'tcp://orders.example:5432' };
    const stock = { from: REPORT, url: 'tcp://stock.example:5432' };
    await mesh.expect(orders, { ...allowed, identity: CHECKOUT, server: 'orders.example' });
    await mesh.expect(stock, { ...allowed, identity: REPORT, server: 'stock.example' });
    await mesh.expect({ ...orders, from: REPORT }, CUT);
    await mesh.expect({ ...stock, from: CHECKOUT }, CUT);
  });

  test('a host with an address is reached by name and by number, and by nobody else', async () => {
    const server = 'archive.example';
    const byNumber = { from: CHECKOUT, url: `tcp://${archiveAddress}:22` };
    await mesh.expect({ from: CHECKOUT, url: `tcp://${server}:22` }, { ...allowed, server });
    await mesh.expect(byNumber, { ...allowed, server, identity: CHECKOUT });
    await mesh.expect({ ...byNumber, from: REPORT }, CUT);
  });
});

describe('names below a wildcard', () => {
  const blog = (host: string, from = CHECKOUT): CallOptions => ({ from, url: `http://${host}.blogs.example/` });

  test.each(['one', 'two'])('%s arrives at its own server', async (name) => {
    const server = `${name}.blogs.example`;
    await mesh.expect(blog(name), { ...ALLOWED, status: 200, identity: CHECKOUT, server });
  });

  test('are for the client that may call', async () => {
    await mesh.expect(blog('one', REPORT), FORBIDDEN);
    await mesh.expect(blog('one', 'shop/web'), FORBIDDEN);
  });

  test('one that is declared itself goes by its own grant', async () => {
    await mesh.expect(blog('editor', REPORT), { ...ALLOWED, server: 'editor.blogs.example' });
    await mesh.expect(blog('editor'), FORBIDDEN);
  });

  test.each(['undeclared.example', 'blogs.example', 'editor.blogs.example', 'ledger.example'])(
    'the Host header %s leads nowhere',
    async (host) => {
      await mesh.expect({ ...blog('one'), headers: { host } }, FORBIDDEN);
    },
  );
});

describe('TLS below a wildcard, where istiod allows it', () => {
  let exit: EgressWaypoint;
  const tls = (host: string, from = CHECKOUT, sni?: string): CallOptions => ({
    from,
    url: `https://${host}.shops.example/`,
    sni,
  });

  beforeAll(async () => {
    await mesh.restartIstiod({ ENABLE_WILDCARD_HOST_SERVICE_ENTRIES_FOR_TLS: 'true' });
    for (const host of ['one', 'two', 'own']) await mesh.external({ hosts: [`${host}.shops.example`] });
    const app = Testing.app() as App;
    MeshSettings.configure(app, { waypointTlsWildcards: true });
    exit = new EgressWaypoint(new Chart(app, 'platform'), 'Waypoint');
    const payments = new Chart(app, 'payments');
    new TlsPassthroughEgress(payments, 'Shops', { hosts: ['*.shops.example'], exit, clients: [checkout] });
    new TlsPassthroughEgress(payments, 'Own', { hosts: ['own.shops.example'], exit, clients: [report] });
    await mesh.apply(app.charts.flatMap((chart) => chart.toJson()));
    await mesh.ready();
    await mesh.settled();
  }, 180_000);
  afterAll(async () => mesh.restartIstiod());

  test.each(['one', 'two'])('%s arrives at its own server, as it was encrypted', async (name) => {
    const server = `${name}.shops.example`;
    await mesh.expect(tls(name), {
      outcome: 'allowed',
      through: [WAYPOINT],
      identity: CHECKOUT,
      tlsBy: 'caller',
      server,
    });
  });

  /** The name is looked up meanwhile: there may be a connection to it already, and no byte on it. */
  async function isCut(call: CallOptions): Promise<void> {
    const { failure, hops, seen } = await mesh.call(call);
    expect(['reset', 'closed']).toContain(failure);
    expect(hops.at(-1)!.pod).toContain(WAYPOINT);
    expect(seen.filter(({ kind, bytes }) => kind !== 'connection' || bytes)).toEqual([]);
  }

  test('is for the client that may call', async () => {
    await isCut(tls('one', REPORT));
  });

  test('one that is declared itself goes by its own grant', async () => {
    await mesh.expect(tls('own', REPORT), { outcome: 'allowed', through: [WAYPOINT], server: 'own.shops.example' });
    await mesh.expect(tls('own'), CUT);
  });

  test.each(['undeclared.example', 'own.shops.example', 'sso.example', 'shops.example'])(
    'the server name %s leads nowhere',
    async (sni) => isCut(tls('one', CHECKOUT, sni)),
  );

  // Istio's warning about its flag: the waypoint connects to whatever name the handshake says.
  test('which is the doing of the policy', async () => {
    const call = tls('one', CHECKOUT, 'undeclared.example');
    const policy = exit.host('*.shops.example').authorizationPolicy.toJson();
    const [{ when: _, ...rule }] = policy.spec.rules;
    await mesh.apply({ ...policy, spec: { ...policy.spec, rules: [rule] } });
    await mesh.settled();
    await eventually('a handshake with a server that nobody declared', async () => {
      const { seen } = await mesh.call(call);
      return seen.some(({ server, tls: handshake }) => server === 'undeclared.example' && handshake?.sni === server);
    });
  });
});
