import { patient } from './istiod';
import { CLIENT, Pattern } from './patterns';
import { applyAll, BYSTANDER, OURS, PEER, populate, Shape } from './shapes';
import { eventually } from '../../e2e/bed/poll';
import { Cost, cost, difference, memory } from '../../e2e/world/cost';
import { Mesh } from '../../e2e/world/mesh';
import { table } from '../results';

const PROXIES = ['client', 'bystander', 'gateway'] as const;
type Proxy = (typeof PROXIES)[number];

/** What a proxy holds. */
export type Figures = Cost & { readonly memory: number };

/** What so many hosts add to a proxy of a mesh that has the gateway and no host. */
export interface Size {
  readonly pattern: Pattern;
  readonly hosts: number;
  readonly proxy: Proxy;
  readonly shape: string;
  readonly adds: Figures;
}

/** Measures a pattern in both shapes. */
export async function sizesOf(mesh: Mesh, pattern: Pattern, counts: number[]): Promise<Size[]> {
  const sizes: Size[] = [];
  for (const shape of [PEER, OURS]) sizes.push(...(await sizesIn(mesh, shape, pattern, counts)));
  return sizes;
}

async function sizesIn(mesh: Mesh, shape: Shape, pattern: Pattern, counts: number[]): Promise<Size[]> {
  await patient(mesh);
  await populate(mesh);
  const workloads = {
    client: `${CLIENT.namespace}/${CLIENT.workload}`,
    bystander: BYSTANDER,
    gateway: shape.gateway,
  };
  const figures = async (proxy: Proxy): Promise<Figures> => {
    const [{ metadata }] = await mesh.pods(workloads[proxy]);
    const pod = `${metadata.namespace}/${metadata.name}`;
    return { ...(await cost(pod)), memory: await memory(pod) };
  };
  const all = async () => ({
    client: await figures('client'),
    bystander: await figures('bystander'),
    gateway: await figures('gateway'),
  });
  await applyAll(shape.documents(pattern, 0));
  await mesh.ready();
  // Longer than istiod gathers changes.
  await mesh.settled({ quiet: 2000 });
  const empty = await all();
  const sizes: Size[] = [];
  let before = empty;
  for (const hosts of counts) {
    await applyAll(shape.documents(pattern, hosts));
    // A busy istiod is silent for a while before it sends.
    const hasGrown = async (proxy: 'client' | 'gateway') => (await figures(proxy)).bytes > before[proxy].bytes;
    const haveGrown = async () => (await hasGrown('client')) && (await hasGrown('gateway'));
    await eventually('client and gateway to hear of the hosts', haveGrown, { within: 600_000, every: 500 });
    await mesh.settled({ quiet: 2000, within: 600_000 });
    const full = await all();
    before = full;
    for (const proxy of PROXIES) {
      sizes.push({ pattern, hosts, proxy, shape: shape.name, adds: difference(full[proxy], empty[proxy]) });
    }
  }
  await mesh.reset();
  return sizes;
}

/** Each proxy in both shapes, and how much of the peer's configuration ours is. */
export function sizesTable(sizes: Size[]): string {
  const columns = [
    '',
    'hosts',
    'kB',
    'kB, peer',
    'ratio',
    'clusters',
    'peer',
    'filter chains',
    'peer',
    'memory, kB',
    'peer',
  ];
  const ours = sizes.filter(({ shape }) => shape === OURS.name);
  const rows = ours.map(({ pattern, hosts, proxy, adds }) => {
    const same = (size: Size) => size.pattern === pattern && size.hosts === hosts && size.proxy === proxy;
    const peer = sizes.find((size) => size.shape === PEER.name && same(size))!.adds;
    const pair = (what: keyof Figures) => [adds[what], peer[what]];
    const kilobytes = (bytes: number) => (bytes / 1000).toFixed(0);
    return [
      `${pattern}, ${proxy}`,
      hosts,
      kilobytes(adds.bytes),
      kilobytes(peer.bytes),
      (adds.bytes / peer.bytes).toFixed(3),
      ...pair('clusters'),
      ...pair('chains'),
      kilobytes(adds.memory),
      kilobytes(peer.memory),
    ];
  });
  return table(columns, rows);
}
