/** The same ramp on a port that nobody reads, where the exit's server checks who calls: it lets an observed namespace pass, and no other. */
import { join } from 'node:path';
import { App, Chart, Testing } from 'cdk8s';
import { wayOfItsOwn } from './own-way';
import {
  EgressAccessLog,
  EgressClient,
  EgressGateway,
  EgressGuard,
  GuardedNamespaces,
  GuardMode,
  InCluster,
  Mesh as MeshSettings,
  OutboundTrafficPolicy,
  TlsPassthroughEgress,
} from '../../src';
import { main } from '../../src/observe/missing/cli';
import { podDirectory } from '../bed/layout';
import { eventually } from '../bed/poll';
import { CallOptions } from '../world/call';
import { Expectation } from '../world/expect';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();
const HOST = 'edition.cnn.com';
const EXIT = 'istio-egress/istio-egress';
const TLS_SERVICE = 'istio-egress-tls.istio-egress.svc.cluster.local';

const NAMESPACES = ['orders', 'payments'];

/** One declaration for the `web` of both namespaces; `orders` as far as it is said, `payments` closed. */
function manifests(orders: GuardMode): object[] {
  const app = Testing.app() as App;
  MeshSettings.configure(app, { outboundTrafficPolicy: OutboundTrafficPolicy.ALLOW_ANY });
  const platform = new Chart(app, 'platform');
  const exit = new EgressGateway(platform, 'Exit');
  new EgressAccessLog(platform, 'AccessLog', { exit });
  const modes = { orders, payments: GuardMode.ENFORCE };
  for (const [namespace, mode] of Object.entries(modes)) {
    const namespaces = GuardedNamespaces.named([namespace]);
    new EgressGuard(platform, namespace, { namespaces, inCluster: InCluster.none(), mode });
  }
  const clients = NAMESPACES.map((namespace) => EgressClient.serviceAccount(namespace, 'web'));
  new TlsPassthroughEgress(new Chart(app, 'apps'), 'Cnn', { hosts: [HOST], exit, clients });
  return app.charts.flatMap((chart) => chart.toJson());
}

const from = (workload: string): CallOptions => ({ from: workload, url: `https://${HOST}/`, timeout: 3000 });
/** The bed's own log tells who called; the exit's is in a format of its own here. */
const ALLOWED: Expectation = { outcome: 'allowed', server: HOST, tlsBy: 'caller' };
const REFUSED: Expectation = { outcome: 'refused', outside: 'connection' };

/** The names of objects that one list has and another has not. */
const gone = (before: any[], after: any[]) => {
  const name = ({ kind, metadata }: any) => `${kind} ${metadata.namespace}/${metadata.name}`;
  const left = new Set(after.map(name));
  return before.filter((object) => !left.has(name(object)));
};

async function missing(): Promise<string> {
  const logs = (await mesh.pods(EXIT)).map(({ metadata }) =>
    join(podDirectory(metadata.namespace!, metadata.name), 'proxy/proxy.log'),
  );
  let out = '';
  const streams = { out: (text: string) => void (out += text), err: () => undefined, stdin: () => process.stdin };
  await main(['missing', ...logs, '--observed', 'orders', '--output', 'json'], streams);
  return out;
}

beforeAll(async () => {
  for (const namespace of ['istio-egress', 'mallory', ...NAMESPACES]) await mesh.namespace(namespace);
  for (const namespace of NAMESPACES) {
    for (const name of ['web', 'clerk']) await mesh.workload({ namespace, name });
  }
  await mesh.workload({ namespace: 'mallory', name: 'evil' });
  await mesh.external({ hosts: [HOST] });
  await mesh.configure('ALLOW_ANY', { extensionProviders: [EgressAccessLog.extensionProvider()] });
  await mesh.apply(manifests(GuardMode.OBSERVE));
  await mesh.apply(wayOfItsOwn(HOST, TLS_SERVICE, 443, `sa.443.${HOST}`));
  await mesh.ready();
  await mesh.settled();
});
afterAll(async () => mesh.reset());

const exitsOnly = async (call: CallOptions, expected: Expectation) => {
  const exits = (await mesh.pods(EXIT)).map(({ status }) => status.podIP as string);
  const { seen } = await mesh.expect(call, expected);
  for (const { from: address } of seen) expect(exits).toContain(address.split(':')[0]);
};

describe('while orders is observed', () => {
  it.each(['orders/web', 'orders/clerk', 'payments/web'])('%s gets through', async (workload) =>
    exitsOnly(from(workload), ALLOWED),
  );

  it.each(['payments/clerk', 'mallory/evil'])('%s does not', async (workload) => {
    await mesh.expect(from(workload), REFUSED);
  });

  it('what would be refused is found in the log of the exit', async () => {
    const isFound = async () => {
      const { clients } = JSON.parse(await missing());
      return clients.some(
        ({ host, caller }: any) =>
          host === HOST && caller?.namespace === 'orders' && caller?.serviceAccount === 'clerk',
      );
    };
    await eventually('the line that tells', isFound, { within: 5000 });
    expect(await missing()).not.toContain('"serviceAccount": "web"');
  });
});

it('nobody gets in by the way, and then the server takes its clients alone', async () => {
  const [observed, enforced] = [manifests(GuardMode.OBSERVE), manifests(GuardMode.ENFORCE)];
  const watch = await mesh.watch(['payments/clerk', 'mallory/evil'].map(from));
  await mesh.apply(enforced);
  await mesh.delete(gone(observed, enforced));
  await mesh.settled();
  const { calls, arrived } = await watch.end();
  expect(calls).toBeGreaterThan(0);
  // A connection without a byte is what a refused caller leaves.
  expect(arrived.filter(({ kind }) => kind === 'request')).toEqual([]);
  await exitsOnly(from('orders/web'), ALLOWED);
  await exitsOnly(from('payments/web'), ALLOWED);
  for (const workload of ['orders/clerk', 'payments/clerk', 'mallory/evil']) await mesh.expect(from(workload), REFUSED);
});
