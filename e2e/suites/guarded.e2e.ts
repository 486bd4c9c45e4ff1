/** Closed by default: what gets past a guarded namespace's sidecars is held by its NetworkPolicy, and what is declared still works. */
import { parse } from 'yaml';
import { example } from './examples';
import { Addresses, BYPASSES, Bypass, EXIT, STRANGERS_ROUTES } from './guarded/bypasses';
import { DNS, ISTIOD } from '../bed/control/system-pods';
import { NODE, NODE_ADDRESS } from '../bed/layout';
import { run } from '../bed/process';
import { prepare, titleOf } from '../prove/prove';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();
const given = example('dist/guarded-namespace');
const policies = given.documents.filter((document) => parse(document).kind === 'NetworkPolicy');

const at: Addresses = { dns: DNS.address, istiod: ISTIOD.address, api: NODE_ADDRESS };

const EVIL = {
  hosts: ['evil.example.org'],
  ports: [
    { port: 80, protocol: 'http' as const },
    { port: 443, protocol: 'https' as const },
    ...[53, 2222, 8080, 15012].map((port) => ({ port, protocol: 'tcp' as const })),
    ...[53, 443].map((port) => ({ port, protocol: 'udp' as const })),
  ],
};

const BYSTANDERS = [
  { namespace: 'payments', name: 'flushed' },
  { namespace: 'payments', name: 'bare', sidecar: false },
  { namespace: 'shop', name: 'bare', sidecar: false },
  { namespace: 'orders', name: 'web', sidecar: false },
  { namespace: 'stranger', name: 'web', sidecar: false },
];

const SERVICES = ['payments/bare', 'orders/web', 'stranger/web'].map((workload) => {
  const [namespace, name] = workload.split('/');
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name },
    spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
  };
});

/** The guarded example, with pods that nobody would want in it, and without its NetworkPolicies. */
async function stage() {
  const world = {
    ...given.world,
    workloads: [...given.world.workloads!, ...BYSTANDERS],
    external: [...given.world.external!.filter(({ hosts }) => hosts[0] !== EVIL.hosts[0]), EVIL],
  };
  const rest = given.documents.filter((document) => !policies.includes(document));
  await prepare(mesh, world, [...rest, ...SERVICES.map((service) => JSON.stringify(service))]);
  await mesh.apply(STRANGERS_ROUTES);
  await mesh.settled();
  for (const options of world.external) at[options.hosts[0]] = (await mesh.external(options)).addresses[0];
}

async function learnAddresses() {
  const workloads = ['stranger/web', 'orders/web', 'shop/bare', 'payments/bare', 'payments/checkout'];
  for (const name of workloads) at[name] = (await mesh.pods(name))[0].status.podIP;
  at.exit = (await mesh.pods(EXIT))[0].status.podIP;
}

/** Where clouds give credentials away. Here the node has the address, and nobody listens. */
const METADATA = '169.254.169.254';

/** Where packets of a pod could go: every pod of the cluster, the node and the outside, on every port that anybody uses. */
async function everywhere(): Promise<string[]> {
  const { stdout } = await mesh.kubectl(['get', 'pods', '-A', '-o', 'jsonpath={.items[*].status.podIP}']);
  const addresses = [...stdout.split(' '), NODE_ADDRESS, METADATA, at['evil.example.org'], at['api.stripe.com']];
  const ports = [
    22, 53, 80, 443, 6443, 8080, 8443, 9153, 15000, 15008, 15010, 15012, 15014, 15017, 15020, 15021, 15090,
  ];
  return addresses.flatMap((address) => ports.map((port) => `${address}:${port}`));
}

/** The targets at some addresses. */
const among = (targets: string[], ...addresses: string[]) =>
  targets.filter((target) => addresses.includes(target.split(':')[0]));

beforeAll(async () => {
  await stage();
  await learnAddresses();
  await run(['ip', 'addr', 'add', `${METADATA}/32`, 'dev', 'lo'], { netns: NODE });
  const { code } = await mesh.exec('payments/flushed', ['nft', 'flush', 'ruleset']);
  expect(code).toBe(0);
});
afterAll(async () => {
  await run(['ip', 'addr', 'del', `${METADATA}/32`, 'dev', 'lo'], { netns: NODE });
  await mesh.reset();
});

const groups = Object.entries(BYPASSES);

describe('without NetworkPolicies', () => {
  describe.each(groups)('%s gets to', (_, bypasses) => {
    it.each(bypasses)('$title', async ({ call, open }: Bypass) => {
      await mesh.expect(call(at), open);
    });
  });

  it('a guarded pod gets everywhere', async () => {
    const targets = await everywhere();
    expect(await mesh.scan('payments/checkout', targets)).toEqual(targets);
  });

  it('it pings the outside', async () => {
    expect((await mesh.exec('payments/bare', ['ping', '-c', '1', '-W', '2', at['evil.example.org']])).code).toBe(0);
  });
});

describe('with them', () => {
  beforeAll(async () => {
    await mesh.apply(policies.join('\n---\n'));
    await mesh.settled();
  });

  describe.each(groups)('%s does not get to', (_, bypasses) => {
    it.each(bypasses)('$title', async ({ call, heldAt }: Bypass) => {
      const attempt = call(at);
      await mesh.expect(attempt, {
        outcome: 'refused',
        failure: 'timeout',
        by: `NetworkPolicy of ${heldAt ?? attempt.from}`,
      });
    });
  });

  it('a pod cannot ping the outside', async () => {
    expect((await mesh.exec('payments/bare', ['ping', '-c', '1', '-W', '2', at['evil.example.org']])).code).not.toBe(0);
  });

  it('a guarded pod gets to what it needs and to nothing else', async () => {
    const targets = await everywhere();
    const named = among(targets, ...(await inNamespaces('payments', 'orders')));
    const exits = (await mesh.pods(EXIT)).map(({ status }) => `${status.podIP}:8080`);
    const needed = new Set([`${at.dns}:53`, `${at.istiod}:15012`, ...exits, ...named]);
    expect(await mesh.scan('payments/checkout', targets)).toEqual(targets.filter((target) => needed.has(target)));
  });

  it('the exit’s pod gets to DNS, istiod, itself and port 443 outside of the cluster, but not to credentials', async () => {
    const targets = await everywhere();
    const own = among(targets, at.exit);
    const outside = among(targets, NODE_ADDRESS, at['evil.example.org'], at['api.stripe.com']).filter((target) =>
      target.endsWith(':443'),
    );
    const needed = new Set([`${at.dns}:53`, `${at.istiod}:15012`, ...own, ...outside]);
    expect(await mesh.scan(EXIT, targets)).toEqual(targets.filter((target) => needed.has(target)));
  });

  describe('still', () => {
    beforeAll(async () => {
      await mesh.delete(STRANGERS_ROUTES);
      await mesh.settled();
    });

    it.each(given.world.calls.map((call) => ({ title: titleOf(call), call })))('$title', async ({ call }) => {
      const { expect: expected, name: _, ...options } = call;
      await mesh.expect(options, expected);
    });

    it.each([
      ['over UDP', {}],
      ['over TCP', { RES_OPTIONS: 'use-vc' }],
    ])('names are answered %s', async (_, env) => {
      const { stdout } = await mesh.exec('payments/checkout', ['getent', 'ahostsv4', 'api.stripe.com'], env);
      expect(stdout).toContain(at['api.stripe.com']);
    });

    it.each([
      ['its own namespace', 'http://bare.payments.svc.cluster.local/'],
      ['a namespace that is named', 'http://web.orders.svc.cluster.local/'],
    ])('calls reach %s', async (_, url) => {
      await mesh.expect({ from: 'payments/checkout', url }, { outcome: 'refused', status: 200 });
    });

    it.each(['payments/checkout', EXIT])('%s starts anew: certificate, configuration and probes', async (workload) => {
      await mesh.restart(workload);
      await mesh.settled();
      await mesh.expect(
        { from: 'payments/checkout', url: 'http://api.stripe.com/v1/charges' },
        { outcome: 'allowed', through: [EXIT], hop: 'mutual', identity: 'payments/checkout', upstream: 'tls' },
      );
    });
  });
});

async function inNamespaces(...namespaces: string[]): Promise<string[]> {
  const lists = namespaces.map(async (namespace) => {
    const { stdout } = await mesh.kubectl(['get', 'pods', '-n', namespace, '-o', 'jsonpath={.items[*].status.podIP}']);
    return stdout.split(' ');
  });
  return (await Promise.all(lists)).flat();
}
