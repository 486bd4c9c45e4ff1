/** What a guard opens by address gets past the sidecar as well: the DNS cache of a node over TCP, and pods without their Service. */
import { App, Chart, Testing } from 'cdk8s';
import { EgressGuard, GuardedNamespaces, InCluster } from '../../src';
import { DNS, ISTIOD } from '../bed/control/system-pods';
import { Expectation } from '../world/expect';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();

const CALLER = 'payments/checkout';
const PODS = '10.244.0.0/16';

let pod: string;

/** Asks a DNS server over TCP for a name of the cluster, and prints how many answers there are. */
const ASK = `
import socket, struct, sys
name = b''.join(bytes([len(p)]) + p.encode() for p in 'kubernetes.default.svc.cluster.local'.split('.')) + b'\\0'
query = struct.pack('>HHHHHH', 1, 256, 1, 0, 0, 0) + name + struct.pack('>HH', 1, 1)
s = socket.create_connection((sys.argv[1], 53), 2)
s.settimeout(2)
s.sendall(struct.pack('>H', len(query)) + query)
answer = s.recv(512)
print(len(answer) > 2 and struct.unpack('>H', answer[2:4])[0] == 1)
`;

async function guard(inCluster: InCluster, nodeLocalDns?: string[]) {
  const app = Testing.app() as App;
  const chart = new Chart(app, 'platform');
  const cluster = { nodeLocalDns };
  new EgressGuard(chart, 'Guard', { namespaces: GuardedNamespaces.named(['payments']), inCluster, cluster });
  await mesh.kubectl(['delete', 'serviceentries.networking.istio.io', '--all', '-n', 'payments']);
  await mesh.apply(chart.toJson());
  await mesh.settled();
}

const asked = async () => (await mesh.exec(CALLER, ['python3', '-c', ASK, DNS.address])).stdout.trim();
const byAddress = () => ({ from: CALLER, url: `http://${pod}:8080/`, timeout: 2000 });

/** The pod answers, where it is no host outside. */
const answered: Expectation = { outcome: 'refused', status: 200 };

beforeAll(async () => {
  await mesh.namespace('payments');
  await mesh.namespace('orders', { injection: false });
  await mesh.workload({ namespace: 'payments', name: 'checkout' });
  await mesh.workload({ namespace: 'orders', name: 'web', sidecar: false });
  await mesh.ready();
  pod = (await mesh.pods('orders/web'))[0].status.podIP;
}, 180_000);
afterAll(async () => mesh.reset());

describe('where only Services are known', () => {
  beforeAll(async () => guard(InCluster.namespaces(['orders'])), 120_000);

  test('a pod by address is refused by the sidecar', async () => {
    await mesh.expect(byAddress(), { outcome: 'refused', by: 'sidecar' });
  });

  test('so is DNS over TCP at an address that no Service has', async () => {
    expect(await asked()).not.toBe('True');
  });
});

describe('where they are made known', () => {
  beforeAll(async () => {
    await guard(InCluster.all().andPodsByAddress([PODS], [8080]), [DNS.address]);
  }, 120_000);

  test('a pod by address answers', async () => {
    await mesh.expect(byAddress(), answered);
  });

  test('DNS over TCP answers', async () => {
    expect(await asked()).toBe('True');
  });

  test("istiod's plaintext ports are no workloads'", async () => {
    const targets = [8080, 15010, 15014].map((port) => `${ISTIOD.address}:${port}`);
    expect(await mesh.scan(CALLER, [...targets, `${pod}:8080`])).toEqual([`${pod}:8080`]);
  });
});
