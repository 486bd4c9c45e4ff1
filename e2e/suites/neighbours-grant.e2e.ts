/**
 * A team that has no grant writes objects in its own namespace, by which the exit would be reached with a grant of its neighbour's: from
 * its own pods, or with the calls that the neighbour makes to a Service of the team.
 */
import { App, Chart, Testing } from 'cdk8s';
import { review } from './guarded/admitted';
import {
  AdmissionGuard,
  EgressClient,
  EgressGateway,
  EgressGuard,
  GuardedNamespaces,
  GuardMode,
  HttpEgress,
  InCluster,
  TcpEgress,
  TlsPassthroughEgress,
} from '../../src';
import { eventually } from '../bed/poll';
import { CallOptions } from '../world/call';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();

const EXIT = 'istio-egress/istio-egress';
const SERVICE = 'istio-egress.istio-egress.svc.cluster.local';
const TLS_SERVICE = 'istio-egress-tls.istio-egress.svc.cluster.local';
/** The servers of the exit for one account of the neighbour's, and for all of its namespace. */
const DB = 'sa.5432.db.example';
const TLS = 'ns.payments.443.tls.example';

const object = (apiVersion: string, kind: string, name: string, content: object, labels?: object) => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'mallory', labels },
  ...content,
});
const networking = (kind: string, name: string, spec: object) => object('networking.istio.io/v1', kind, name, { spec });
const text = (objects: object[]) => objects.map((one) => JSON.stringify(one)).join('\n---\n');

function declared() {
  const app = Testing.app() as App;
  const platform = new Chart(app, 'platform');
  const exit = new EgressGateway(platform, 'Exit');
  const payments = new Chart(app, 'payments');
  const clients = [EgressClient.serviceAccount('payments', 'checkout')];
  new HttpEgress(payments, 'News', { hosts: ['news.example'], exit, clients });
  new TcpEgress(payments, 'Db', { hosts: ['db.example'], port: 5432, exit, clients });
  const all = [EgressClient.namespace('payments')];
  new TlsPassthroughEgress(payments, 'Tls', { hosts: ['tls.example'], exit, clients: all });
  const guards = new Chart(app, 'guards');
  new AdmissionGuard(guards, 'Admission', { mode: GuardMode.ENFORCE, clusterRanges: ['10.0.0.0/8', '172.16.0.0/12'] });
  new EgressGuard(guards, 'Guard', { namespaces: GuardedNamespaces.named(['payments']), inCluster: InCluster.none() });
  const objects = guards.toJson() as any[];
  return {
    hops: text([...platform.toJson(), ...payments.toJson()]),
    sidecar: text(objects.filter(({ kind }) => kind === 'Sidecar')),
    admission: text(objects.filter(({ kind }) => kind.startsWith('ValidatingAdmissionPolicy'))),
  };
}

/** A Service of the team's own whose pods are said to be the exit's. */
const alias = (name: string, address: string, port: number, targetPort: number) => [
  object('v1', 'Service', name, { spec: { ports: [{ name: port === 80 ? 'http' : 'tcp', port }] } }),
  object(
    'discovery.k8s.io/v1',
    'EndpointSlice',
    name,
    {
      addressType: 'IPv4',
      endpoints: [{ addresses: [address], conditions: { ready: true } }],
      ports: [{ name: port === 80 ? 'http' : 'tcp', port: targetPort, protocol: 'TCP' }],
    },
    { 'kubernetes.io/service-name': name },
  ),
];
const hostOf = (name: string) => `${name}.mallory.svc.cluster.local`;
const mutual = (sni?: string) => ({ tls: { mode: 'ISTIO_MUTUAL', sni } });
const rule = (name: string, spec: object) => networking('DestinationRule', name, { host: hostOf(name), ...spec });
const to = (host: string, number: number, subset?: string) => [{ destination: { host, port: { number }, subset } }];

interface Attempt {
  readonly title: string;
  /** Called by the neighbour's granted account. */
  readonly url: string;
  readonly connectTo?: CallOptions['connectTo'];
  readonly server: string;
  readonly objects: (exit: string) => object[];
}

const ATTEMPTS: Attempt[] = [
  {
    title: 'HTTP: a route for its Service that names the host and leads to the exit',
    url: `http://${hostOf('own')}/`,
    server: 'news.example',
    objects: () => [
      networking('VirtualService', 'own', {
        hosts: [hostOf('own')],
        http: [{ rewrite: { authority: 'news.example' }, route: to(SERVICE, 80) }],
      }),
    ],
  },
  {
    title: 'HTTP: a route for its Service that names the host, and the exit’s pods behind a Service of its own',
    url: `http://${hostOf('own')}/`,
    server: 'news.example',
    objects: (exit) => [
      ...alias('way', exit, 80, 8080),
      rule('way', { trafficPolicy: mutual() }),
      networking('VirtualService', 'own', {
        hosts: [hostOf('own')],
        http: [{ rewrite: { authority: 'news.example' }, route: to(hostOf('way'), 80) }],
      }),
    ],
  },
  {
    title: 'TCP: a route for its Service that leads to the neighbour’s subset of the exit',
    url: `tcp://${hostOf('own')}:6000/`,
    server: 'db.example',
    objects: () => [
      networking('VirtualService', 'own', {
        hosts: [hostOf('own')],
        tcp: [{ match: [{ port: 6000 }], route: to(TLS_SERVICE, 443, 'sa-5432-db-example') }],
      }),
    ],
  },
  {
    title: 'TCP: the exit’s pods behind a Service of its own, and a rule that asks for the neighbour’s server',
    url: `tcp://${hostOf('way')}:6000/`,
    server: 'db.example',
    objects: (exit) => [...alias('way', exit, 6000, 8443), rule('way', { trafficPolicy: mutual(DB) })],
  },
  {
    title: 'TLS: the same for the server of the neighbour’s whole namespace',
    url: 'https://tls.example:6000/',
    connectTo: { host: hostOf('way'), port: 6000 },
    server: 'tls.example',
    objects: (exit) => [...alias('way', exit, 6000, 8443), rule('way', { trafficPolicy: mutual(TLS) })],
  },
  {
    title: 'TCP: the same in a rule’s settings for a port',
    url: `tcp://${hostOf('way')}:6000/`,
    server: 'db.example',
    objects: (exit) => [
      ...alias('way', exit, 6000, 8443),
      rule('way', { trafficPolicy: { portLevelSettings: [{ port: { number: 6000 }, ...mutual(DB) }] } }),
    ],
  },
  {
    title: 'TCP: the same in a subset, to which a route leads',
    url: `tcp://${hostOf('way')}:6000/`,
    server: 'db.example',
    objects: (exit) => [
      ...alias('way', exit, 6000, 8443),
      rule('way', { subsets: [{ name: 'a', trafficPolicy: mutual(DB) }] }),
      networking('VirtualService', 'way', {
        hosts: [hostOf('way')],
        tcp: [{ match: [{ port: 6000 }], route: to(hostOf('way'), 6000, 'a') }],
      }),
    ],
  },
];

const { hops, sidecar, admission } = declared();
let exitPod: string;

beforeAll(async () => {
  for (const name of ['istio-egress', 'payments', 'mallory']) await mesh.namespace(name);
  await mesh.workload({ namespace: 'payments', name: 'checkout' });
  await mesh.workload({ namespace: 'mallory', name: 'own' });
  await mesh.external({ hosts: ['news.example'] });
  await mesh.external({ hosts: ['tls.example'] });
  await mesh.external({ hosts: ['db.example'], ports: [{ port: 5432, protocol: 'tcp' }] });
  const ports = [80, 6000].map((port) => ({ name: port === 80 ? 'http' : 'tcp', port, targetPort: 8080 }));
  await mesh.apply([object('v1', 'Service', 'own', { spec: { selector: { app: 'own' }, ports } })]);
  await mesh.apply(hops);
  await mesh.ready();
  await mesh.settled();
  exitPod = (await mesh.pods(EXIT))[0].status.podIP;
}, 120_000);
afterAll(async () => mesh.reset());

describe.each(ATTEMPTS)('$title', ({ url, connectTo, server, objects }) => {
  // The exit connects before it has seen the caller's certificate, and says nothing. Without the neighbour's subset nobody gets there.
  const outside = url.startsWith('http:') || url.includes('own.') ? 'nothing' : 'connection';
  const calls = (from: string) => ({ from, url, connectTo, timeout: 3000 });

  afterEach(async () => {
    await mesh.delete(text(objects(exitPod)));
    await mesh.settled();
  });

  test('leads the neighbour’s own calls there, unless its Sidecar leaves the team’s Services out; nobody else’s', async () => {
    await mesh.apply(text(objects(exitPod)));
    await mesh.settled();
    await mesh.expect(calls('payments/checkout'), { outcome: 'allowed', through: [EXIT], server });
    await mesh.expect(calls('mallory/own'), { outcome: 'refused', outside });
    await mesh.apply(sidecar);
    await mesh.settled();
    await mesh.expect(calls('payments/checkout'), { outcome: 'refused', by: 'sidecar' });
    await mesh.delete(sidecar);
  });
});

describe('with admission', () => {
  beforeAll(async () => {
    await mesh.apply(admission);
    await eventually('admission to hold', async () => {
      const entry = networking('ServiceEntry', 'way', {
        hosts: ['evil.example'],
        resolution: 'DNS',
        ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
      });
      return !(await review(mesh, entry, ['--dry-run=server'])).accepted;
    });
  });
  afterAll(async () => mesh.delete(admission));

  test.each(ATTEMPTS)('$title: is refused', async ({ objects }) => {
    const said = await Promise.all(objects(exitPod).map(async (one) => review(mesh, one, ['--dry-run=server'])));
    expect(said.filter(({ accepted }) => !accepted)).not.toEqual([]);
  });
});
