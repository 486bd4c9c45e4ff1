import { patient } from './istiod';
import { CLIENT, Pattern } from './patterns';
import { applyAll, BYSTANDER, OURS, PEER, populate, Shape } from './shapes';
import { eventually } from '../../e2e/bed/poll';
import { configDump, summaryOf } from '../../e2e/world/config';
import { cost, difference, memory } from '../../e2e/world/cost';
import { Mesh } from '../../e2e/world/mesh';
import { table } from '../results';
import { Figures, Proxy, PROXIES, Sent, Size } from './size';

/** Measures a pattern in both shapes, and keeps what istiod sends to our gateway. */
export async function sizesOf(mesh: Mesh, pattern: Pattern, counts: number[]): Promise<{ sizes: Size[]; sent: Sent }> {
  const peer = await sizesIn(mesh, PEER, pattern, counts);
  const ours = await sizesIn(mesh, OURS, pattern, counts);
  return { sizes: [...peer.sizes, ...ours.sizes], sent: ours.sent };
}

async function sizesIn(mesh: Mesh, shape: Shape, pattern: Pattern, counts: number[]) {
  await patient(mesh, shape.reach);
  await populate(mesh);
  const workloads = {
    client: `${CLIENT.namespace}/${CLIENT.workload}`,
    bystander: BYSTANDER,
    gateway: shape.gateway,
  };
  const podOf = async (proxy: Proxy) => {
    const [{ metadata }] = await mesh.pods(workloads[proxy]);
    return `${metadata.namespace}/${metadata.name}`;
  };
  const figures = async (proxy: Proxy): Promise<Figures> => {
    const pod = await podOf(proxy);
    return { ...(await cost(pod)), memory: await memory(pod) };
  };
  const sentToGateway = async () => summaryOf(await configDump(await podOf('gateway')));
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
  const emptyGateway = await sentToGateway();
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
  const sent: Sent = { empty: emptyGateway, full: await sentToGateway() };
  await mesh.reset();
  return { sizes, sent };
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
