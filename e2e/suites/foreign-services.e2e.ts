/**
 * What objects of another namespace do to the hosts of an exit: with the mesh's `serviceEntryVisibility`, which the bed has and
 * `Installation.write` writes; without it, as every mesh was before Istio 1.31; and what a guard's Sidecar adds to it.
 */
import { App, Chart, Testing } from 'cdk8s';
import {
  Egress,
  EgressClient,
  EgressGateway,
  EgressGuard,
  EgressPort,
  EgressWaypoint,
  GuardedNamespaces,
  HttpEgress,
  InCluster,
  Mesh as MeshFacts,
  OutboundTrafficPolicy,
  TcpEgress,
  TlsOriginationEgress,
} from '../../src';
import { InternetServer } from '../bed/internet/record';
import { CallOptions } from '../world/call';
import { Expectation } from '../world/expect';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();

const GATEWAY = 'istio-egress/istio-egress';
const WAYPOINT = 'istio-egress/egress-waypoint';
const WITHOUT = { serviceEntryVisibility: undefined };
/** Hosts that somebody else claims before they are declared. */
const CLAIMED = ['news.example', 'ledger.example', 'db.example'];
const PORTS = [
  { port: 80, protocol: 'http' as const },
  { port: 443, protocol: 'https' as const },
  { port: 5432, protocol: 'tcp' as const },
];

const FROM = 'payments/checkout';
const news: CallOptions = { from: FROM, url: 'http://news.example/' };
const ledger: CallOptions = { from: FROM, url: 'http://ledger.example/' };
const db: CallOptions = { from: FROM, url: 'tcp://db.example:5432/' };
const paper: CallOptions = { from: FROM, url: 'http://paper.example/' };
const weather: CallOptions = { from: FROM, url: 'http://weather.example/' };
const wiki: CallOptions = { from: FROM, url: 'http://en.wiki.example/' };
const wikiTls: CallOptions = { from: FROM, url: 'https://en.wiki.example/' };

const server = (name: string, upstream: 'tls' | 'plaintext'): Expectation => ({
  outcome: 'allowed',
  through: [GATEWAY],
  server: name,
  upstream,
});

let evil: InternetServer;
let printed: InternetServer;

const object = (apiVersion: string, kind: string, name: string, content: object, labels?: object) => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'mallory', labels },
  ...content,
});
const networking = (kind: string, name: string, spec: object) => object('networking.istio.io/v1', kind, name, { spec });

/** Names the exit's hosts, with endpoints of its own, for the exit's namespace alone. */
const byName = () =>
  CLAIMED.map((host) =>
    networking('ServiceEntry', host, {
      hosts: [host],
      exportTo: ['istio-egress'],
      ports: [
        { number: 80, name: 'http', protocol: 'HTTP' },
        { number: 443, name: 'tls', protocol: 'TLS' },
        { number: 5432, name: 'tcp', protocol: 'TCP' },
      ],
      resolution: 'STATIC',
      endpoints: [{ address: evil.addresses[0] }],
    }),
  );

/** Takes everything that is sent to the address of a host, whatever it is called. */
const byAddress = () =>
  networking('ServiceEntry', 'address', {
    hosts: ['whatever.example'],
    addresses: [printed.addresses[0]],
    exportTo: ['*'],
    ports: [80, 443].map((number) => ({ number, name: `tcp-${number}`, protocol: 'TCP' })),
    resolution: 'STATIC',
    endpoints: [{ address: evil.addresses[0] }],
  });

/** The same with what Kubernetes alone knows: sidecars listen on the addresses of a headless Service. */
const byHeadlessService = () => [
  object('v1', 'Service', 'claim', { spec: { clusterIP: 'None', ports: [{ name: 'tcp', port: 80 }] } }),
  object(
    'discovery.k8s.io/v1',
    'EndpointSlice',
    'claim',
    {
      addressType: 'IPv4',
      endpoints: [{ addresses: [printed.addresses[0]], conditions: { ready: true } }],
      ports: [{ name: 'tcp', port: 80, protocol: 'TCP' }],
    },
    { 'kubernetes.io/service-name': 'claim' },
  ),
];

const SINK = { host: 'sink.mallory.svc.cluster.local' };
/** Names one host below a wildcard, and so names it more exactly than the client's own route; and one whose route is public. */
const ROUTE = networking('VirtualService', 'take', {
  hosts: ['en.wiki.example', 'weather.example'],
  exportTo: ['payments'],
  http: [{ route: [{ destination: { ...SINK, port: { number: 80 } } }] }],
  tls: [
    {
      match: [{ port: 443, sniHosts: ['en.wiki.example'] }],
      route: [{ destination: { ...SINK, port: { number: 443 } } }],
    },
  ],
});

/** Has what is sent to a Service of one's own pass by its callers' grants. */
const BORROW = networking('VirtualService', 'borrow', {
  hosts: [SINK.host],
  exportTo: ['*'],
  http: [
    {
      rewrite: { authority: 'news.example', uri: '/transfer' },
      route: [{ destination: { host: 'istio-egress.istio-egress.svc.cluster.local', port: { number: 80 } } }],
    },
  ],
});

const text = (objects: object[]) => objects.map((one) => JSON.stringify(one)).join('\n---\n');

function app(): App {
  const made = Testing.app() as App;
  MeshFacts.configure(made, {
    outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY,
    gatewaysScopedToNamespace: true,
    serviceEntriesScopedToNamespace: true,
    rootNamespaceClosesGateways: true,
  });
  return made;
}

const objectsOf = (made: App): any[] => made.charts.flatMap((chart) => chart.toJson());

/** The client's hop, the exit's, and apart from them a Sidecar as the client's guard makes it. */
function declared() {
  const made = app();
  const exit = new EgressGateway(new Chart(made, 'platform'), 'Exit');
  const payments = new Chart(made, 'payments');
  const one = { exit, clients: [EgressClient.serviceAccount('payments', 'checkout')] };
  new HttpEgress(payments, 'News', { hosts: ['news.example'], ...one });
  new HttpEgress(payments, 'Paper', { hosts: ['paper.example'], ...one });
  new TlsOriginationEgress(payments, 'Ledger', { hosts: ['ledger.example'], ...one });
  new TcpEgress(payments, 'Db', { hosts: ['db.example'], port: 5432, ...one });
  new Egress(payments, 'Wiki', {
    hosts: ['*.wiki.example'],
    endpoints: [{ address: 'wiki.example' }],
    ports: [EgressPort.http(), EgressPort.tlsPassthrough()],
    ...one,
  });
  const everybody = [EgressClient.anyInMesh()];
  new HttpEgress(payments, 'Weather', { hosts: ['weather.example'], exit, clients: everybody });
  const guard = new Chart(made, 'guard');
  new EgressGuard(guard, 'Guard', { namespaces: GuardedNamespaces.named(['payments']), inCluster: InCluster.none() });
  const isGuards = ({ kind }: any) => kind === 'Sidecar';
  return {
    hops: text([...made.charts].filter((chart) => chart !== guard).flatMap((chart) => chart.toJson())),
    sidecar: text(objectsOf(made).filter(isGuards)),
  };
}

/** Creation times are full seconds: the next object is newer than all before. */
const nextSecond = async () => new Promise((resolve) => setTimeout(resolve, 1100));

const configure = async (overrides: object = {}) => mesh.configure('REGISTRY_ONLY', overrides);

/** Whose proxies logged a call. */
const passed = async (call: CallOptions) =>
  (await mesh.call(call)).hops.map(({ pod }) => pod.replace(/-[^-]*$/, '').split('/')[0]);

beforeAll(async () => {
  evil = await mesh.external({ hosts: ['evil.example'], ports: PORTS });
  for (const host of [...CLAIMED, 'weather.example']) await mesh.external({ hosts: [host], ports: PORTS });
  printed = await mesh.external({ hosts: ['paper.example'], ports: PORTS });
  await mesh.external({ hosts: ['wiki.example', '*.wiki.example'], ports: PORTS });
});
afterAll(async () => mesh.reset());

describe('at a gateway', () => {
  const { hops, sidecar } = declared();

  beforeAll(async () => {
    for (const name of ['istio-egress', 'payments', 'mallory']) await mesh.namespace(name);
    await mesh.workload({ namespace: 'payments', name: 'checkout' });
    await mesh.workload({ namespace: 'mallory', name: 'sink' });
    const ports = [80, 443].map((port) => ({ name: port === 80 ? 'http' : 'tcp', port, targetPort: port + 8000 }));
    await mesh.apply([
      object('v1', 'Service', 'sink', { spec: { selector: { app: 'sink' }, ports } }),
      byAddress(),
      ...byName(),
    ]);
    await nextSecond();
    await mesh.apply(hops);
    await mesh.ready();
    await mesh.settled();
  });
  afterAll(async () => mesh.reset());

  describe('without serviceEntryVisibility', () => {
    beforeAll(async () => configure(WITHOUT));
    afterAll(async () => configure());

    test('an older ServiceEntry that is exported to the exit takes its plain upstreams, and fails its TLS', async () => {
      await mesh.expect(news, server('evil.example', 'plaintext'));
      await mesh.expect(db, server('evil.example', 'plaintext'));
      await mesh.expect(ledger, { outcome: 'refused', status: 503, by: GATEWAY, outside: 'handshake' });
    });

    test('a ServiceEntry with the address of a host takes its calls before they reach the exit', async () => {
      await mesh.expect(paper, { outcome: 'allowed', through: [], server: 'evil.example', upstream: 'plaintext' });
    });

    test('a guard’s Sidecar ends the second, and not the first', async () => {
      await mesh.apply(sidecar);
      await mesh.settled();
      await mesh.expect(paper, server('paper.example', 'plaintext'));
      await mesh.expect(news, server('evil.example', 'plaintext'));
      await mesh.delete(sidecar);
      await mesh.settled();
    });
  });

  describe('with it', () => {
    test('every call goes through the exit to its own host', async () => {
      await mesh.expect(news, server('news.example', 'plaintext'));
      await mesh.expect(db, server('db.example', 'plaintext'));
      await mesh.expect(ledger, server('ledger.example', 'tls'));
      await mesh.expect(paper, server('paper.example', 'plaintext'));
    });

    test('a headless Service with the address of a host still takes its calls, where no Sidecar leaves it out', async () => {
      await mesh.apply(byHeadlessService());
      await mesh.settled();
      await mesh.expect(paper, { outcome: 'allowed', through: [], server: 'paper.example' });
      await mesh.apply(sidecar);
      await mesh.settled();
      await mesh.expect(paper, server('paper.example', 'plaintext'));
      await mesh.delete(text(byHeadlessService()));
      await mesh.delete(sidecar);
      await mesh.settled();
    });

    test('a route of another namespace still takes hosts below a wildcard, and of the whole mesh, where no Sidecar leaves it out', async () => {
      const own = async () => {
        await mesh.expect(wiki, server('wiki.example', 'plaintext'));
        await mesh.expect(wikiTls, server('wiki.example', 'tls'));
        await mesh.expect(weather, server('weather.example', 'plaintext'));
      };
      await own();
      await mesh.apply([ROUTE]);
      await mesh.settled();
      for (const call of [wiki, wikiTls, weather]) expect(await passed(call)).toContain('mallory');
      await mesh.apply(sidecar);
      await mesh.settled();
      await own();
      await mesh.delete([ROUTE]);
      await mesh.delete(sidecar);
    });

    test('a route of another namespace takes calls to its Service to a host of their caller, where no Sidecar leaves it out', async () => {
      const call = { from: news.from, url: `http://${SINK.host}/`, timeout: 3000 };
      await mesh.apply([BORROW]);
      await mesh.settled();
      await mesh.expect(call, server('news.example', 'plaintext'));
      await mesh.expect({ ...call, from: 'mallory/sink' }, { outcome: 'refused', status: 403, by: GATEWAY });
      await mesh.apply(sidecar);
      await mesh.settled();
      await mesh.expect(call, { outcome: 'refused', by: 'sidecar' });
      await mesh.delete([BORROW]);
      await mesh.delete(sidecar);
    });
  });
});

describe('at a waypoint', () => {
  const ambient = (call: CallOptions) => ({ ...call, from: 'shop/web' });

  beforeAll(async () => {
    for (const name of ['istio-egress', 'mallory']) await mesh.namespace(name);
    await mesh.namespace('shop', { labels: { 'istio.io/dataplane-mode': 'ambient' } });
    await mesh.workload({ namespace: 'shop', name: 'web' });
    await mesh.apply(byName());
    await nextSecond();
    const made = app();
    const exit = new EgressWaypoint(new Chart(made, 'platform'), 'Waypoint');
    const one = { exit, clients: [EgressClient.serviceAccount('shop', 'web')] };
    new HttpEgress(new Chart(made, 'shop'), 'News', { hosts: ['news.example'], ...one });
    new TcpEgress(new Chart(made, 'db'), 'Db', { hosts: ['db.example'], port: 5432, ...one });
    await mesh.apply(text(objectsOf(made)));
    await mesh.ready();
    await mesh.settled();
  });
  afterAll(async () => mesh.reset());

  test('without serviceEntryVisibility, an older ServiceEntry of any namespace leads past the waypoint', async () => {
    await configure(WITHOUT);
    await mesh.expect(ambient(news), { outcome: 'allowed', through: [], server: 'evil.example' });
    await mesh.expect(ambient(db), { outcome: 'allowed', through: [], server: 'evil.example' });
  });

  test('with it, calls go through the waypoint to their own hosts', async () => {
    await configure();
    await mesh.expect(ambient(news), { outcome: 'allowed', through: [WAYPOINT], server: 'news.example' });
    await mesh.expect(ambient(db), { outcome: 'allowed', through: [WAYPOINT], server: 'db.example' });
  });
});
