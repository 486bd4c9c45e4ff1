/** The same ramp on a port that nobody reads, where the exit's server checks who calls in the handshake: in every mode the same, and logged. */
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
import { main } from '../../src/cli/main';
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

async function missing(): Promise<string> {
  const logs = (await mesh.pods(EXIT)).map(({ metadata }) =>
    join(podDirectory(metadata.namespace!, metadata.name), 'proxy/proxy.log'),
  );
  let out = '';
  const streams = { out: (text: string) => void (out += text), err: () => undefined, stdin: () => process.stdin };
  await main(['missing', ...logs, '--output', 'json'], streams);
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

describe.each([GuardMode.OBSERVE, GuardMode.ENFORCE])('orders, at %s', (mode) => {
  beforeAll(async () => {
    await mesh.apply(manifests(mode));
    await mesh.settled();
  });

  it.each(['orders/web', 'payments/web'])('%s gets through', async (workload) => exitsOnly(from(workload), ALLOWED));

  it.each(['orders/clerk', 'payments/clerk', 'mallory/evil'])('%s does not', async (workload) => {
    await mesh.expect(from(workload), REFUSED);
  });
});

it('what is refused is found in the log of the exit', async () => {
  const isFound = async () => {
    const { clients } = JSON.parse(await missing());
    return clients.some(
      ({ host, caller }: any) => host === HOST && caller?.namespace === 'orders' && caller?.serviceAccount === 'clerk',
    );
  };
  await eventually('the line that tells', isFound, { within: 5000 });
  expect(await missing()).not.toContain('"serviceAccount": "web"');
});
