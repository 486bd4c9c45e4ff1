import { asInstalled, patient } from './istiod';
import { Listeners } from './listeners';
import { Pattern } from './patterns';
import { applyAll, OURS, PEER, populate, Shape } from './shapes';
import { spreadOver } from './spread';
import { api } from '../../e2e/bed/api';
import { eventually } from '../../e2e/bed/poll';
import { Mesh } from '../../e2e/world/mesh';
import { figure, readable } from '../figures';
import { reached, table } from '../results';

const CLIENTS = 50;
const CHANGES = 7;
/** What the server names of TLS are spread over, to see what it would change. */
const SERVICES = 16;
/** Milliseconds without a response after which nothing more comes: with thousands of hosts, istiod thinks for seconds. */
const QUIET = 6000;

/** What it takes to tell 50 sidecars that one more host is declared. */
export interface Push {
  readonly pattern: Pattern;
  readonly hosts: number;
  readonly shape: string;
  /** From the first object that is applied to the last response that arrives. */
  readonly milliseconds: number[];
  /** To all clients together, for each change, by the last part of the type's name. */
  readonly kilobytes: Record<string, number>;
}

/** Adds one host after the other to so many, in both shapes. */
export async function pushesOf(mesh: Mesh, pattern: Pattern, hosts: number): Promise<Push[]> {
  const pushes: Push[] = [];
  const shapes = pattern === 'tls-passthrough' ? [PEER, OURS, spreadOver(SERVICES)] : [PEER, OURS];
  for (const shape of shapes) pushes.push(await pushesIn(mesh, shape, pattern, hosts));
  return pushes;
}

async function pushesIn(mesh: Mesh, shape: Shape, pattern: Pattern, hosts: number): Promise<Push> {
  // Every change beforehand, or what it takes to get ready would be most of the work.
  const steps = Array.from({ length: CHANGES + 2 }, (_, change) => shape.documents(pattern, hosts + change));
  await patient(mesh, shape.reach);
  await populate(mesh);
  await applyAll(steps[0]);
  await mesh.ready();
  await addressed();
  await asInstalled(mesh, shape.reach);
  await mesh.settled({ quiet: 2000, within: 600_000 });
  const listeners = await Listeners.start(CLIENTS);
  try {
    await quiet(listeners);
    const milliseconds: number[] = [];
    const bytes: Record<string, number> = {};
    for (const [index, step] of steps.slice(1).entries()) {
      const known = new Set(steps[index]);
      const changed = step.filter((document) => !known.has(document));
      const begin = Date.now();
      await applyAll(changed);
      if (index === 0) await addressed();
      const { last, bytes: received } = await quiet(listeners);
      // The first waits for an istiod that has just started to take over what only one at a time does.
      if (index === 0) continue;
      milliseconds.push(last - begin);
      for (const [kind, count] of Object.entries(received)) bytes[kind] = (bytes[kind] ?? 0) + count;
    }
    // On average: a busy istiod sends some of what belongs to a change after the next one.
    const kilobytes = Object.entries(bytes).map(([kind, count]) => [kind, count / 1000 / CHANGES]);
    return { pattern, hosts, shape: shape.name, milliseconds, kilobytes: Object.fromEntries(kilobytes) };
  } finally {
    listeners.stop();
    await mesh.reset();
  }
}

/** istiod gives each ServiceEntry an address of its own and writes it into the status: one more change of each. */
async function addressed(): Promise<void> {
  const path = '/apis/networking.istio.io/v1/serviceentries';
  const all = async () => {
    const { items } = await api.json<{ items: any[] }>(path);
    return items.every(({ spec, status }) => spec.addresses || status?.addresses?.length > 0);
  };
  await eventually('all ServiceEntries to have addresses', all, { within: 900_000, every: 2000 });
}

/** All that comes until nothing more does. */
async function quiet(listeners: Listeners) {
  const total = { bytes: {} as Record<string, number>, last: 0 };
  const heard = async () => {
    const { responses, last, bytes } = await listeners.report();
    for (const [kind, count] of Object.entries(bytes ?? {})) total.bytes[kind] = (total.bytes[kind] ?? 0) + count;
    if (responses > 0) total.last = last;
    return total.last > 0 && Date.now() - total.last > QUIET;
  };
  await eventually('the clients to hear everything', heard, { within: 600_000, every: 100 });
  return total;
}

/** What clients are sent in each shape, and how much of the peer's bytes and time that is. */
export function pushesTable(pushes: Push[]): string {
  const kinds = {
    clusters: 'Cluster',
    endpoints: 'ClusterLoadAssignment',
    listeners: 'Listener',
    routes: 'RouteConfiguration',
  };
  const total = ({ kilobytes }: Push) => Object.values(kilobytes).reduce((sum, count) => sum + count, 0);
  const rows = pushes.map((push) => {
    const peer = pushes.find(({ shape, pattern }) => shape === PEER.name && pattern === push.pattern)!;
    const time = figure(push.milliseconds);
    return [
      `${push.pattern}: ${push.shape}`,
      push.hosts,
      total(push).toFixed(0),
      (total(push) / total(peer)).toFixed(3),
      ...Object.values(kinds).map((kind) => (push.kilobytes[kind] ?? 0).toFixed(0)),
      readable(time, 0),
      (time.median / figure(peer.milliseconds).median).toFixed(3),
    ];
  });
  const columns = ['', 'hosts', 'kB to 50 clients', 'ratio', ...Object.keys(kinds), 'ms until the last', 'ratio'];
  return `${table(columns, rows)}\n\n${goalsTable(pushes, total)}`;
}

/** Half of the peer's bytes for TLS passthrough, by the shape that is emitted and by one that could be. */
function goalsTable(pushes: Push[], total: (push: Push) => number): string {
  const passthrough = pushes.filter(({ pattern }) => pattern === 'tls-passthrough');
  const peer = passthrough.find(({ shape }) => shape === PEER.name)!;
  const rows = passthrough
    .filter((push) => push !== peer)
    .map((push) => {
      const ratio = total(push) / total(peer);
      return [`tls-passthrough: ${push.shape}`, ratio.toFixed(3), '0.5', reached(ratio, 0.5)];
    });
  return `**Goals**\n\n${table(['', 'ratio of bytes', 'at most', 'reached'], rows)}`;
}
