/** Closed by default in the ambient mesh, where ztunnel carries what nobody declared straight out and the NetworkPolicy is all there is. */
import { parse } from 'yaml';
import { example } from './examples';
import { guardsOf } from './guarded/guards';
import { prepare } from '../prove/prove';
import { CallOptions } from '../world/call';
import { Expectation } from '../world/expect';
import { documentsOf } from '../world/manifests';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();
const given = example('dist/ambient-waypoint');
const CLIENT = 'bookinfo/productpage';
const WAYPOINT = 'istio-egress/egress-waypoint';

const EVIL = {
  hosts: ['evil.example.org'],
  ports: [
    { port: 80, protocol: 'http' as const },
    { port: 443, protocol: 'https' as const },
    { port: 2222, protocol: 'tcp' as const },
    { port: 53, protocol: 'udp' as const },
  ],
};

const out: Expectation = { outcome: 'allowed', through: [] };
const call = (url: string, rest: Partial<CallOptions> = {}): CallOptions => ({
  from: CLIENT,
  url,
  timeout: 1500,
  ...rest,
});

const BYPASSES: [title: string, call: CallOptions, open: Expectation][] = [
  ['HTTP to a host that nobody declared', call('http://evil.example.org/'), out],
  ['HTTPS to it', call('https://evil.example.org/'), out],
  ['TCP on a port of its own', call('tcp://evil.example.org:2222'), out],
  ['UDP', call('udp://evil.example.org:53'), out],
  ['HTTP past ztunnel', call('http://evil.example.org/', { as: 'proxy' }), out],
  ['a declared host past ztunnel and the waypoint', call('https://httpbin.org/', { as: 'proxy' }), out],
  ['a port of the waypoint’s that is not for clients', call('', { as: 'proxy' }), { outcome: 'refused', status: 200 }],
  ['what the waypoint’s own pod calls', { ...call('http://evil.example.org/', { as: 'proxy' }), from: WAYPOINT }, out],
];

let policies: string[];

/** The waypoint's metrics are at its address. */
async function addressed(made: CallOptions): Promise<CallOptions> {
  if (made.url) return made;
  const [{ status }] = await mesh.pods(WAYPOINT);
  return { ...made, url: `http://${status.podIP}:15020/stats/prometheus` };
}

beforeAll(async () => {
  const guards = documentsOf(await guardsOf(given));
  policies = guards.filter((document) => parse(document).kind === 'NetworkPolicy');
  await prepare(mesh, { ...given.world, external: [...given.world.external!, EVIL] }, given.documents);
});
afterAll(async () => mesh.reset());

test.each(BYPASSES)('without NetworkPolicies, it gets out: %s', async (_, made, open) => {
  await mesh.expect(await addressed(made), open);
});

describe('with them', () => {
  beforeAll(async () => {
    await mesh.apply(policies.join('\n---\n'));
    await mesh.settled();
  });

  test.each(BYPASSES)('it does not: %s', async (_, made) => {
    const held: Expectation = { outcome: 'refused', by: `NetworkPolicy of ${made.from}` };
    await mesh.expect(await addressed(made), held);
  });

  test('what is declared does', async () => {
    const {
      expect: expected,
      name: _,
      ...options
    } = given.world.calls.find(({ expect: { outcome } }) => outcome === 'allowed')!;
    await mesh.expect(options, expected);
  });
});
