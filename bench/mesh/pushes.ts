import { asInstalled, patient } from './istiod';
import { Listeners } from './listeners';
import { Pattern } from './patterns';
import { applyAll, OURS, PEER, populate, Shape } from './shapes';
import { api } from '../../e2e/bed/api';
import { eventually } from '../../e2e/bed/poll';
import { Mesh } from '../../e2e/world/mesh';
import { figure, readable } from '../figures';
import { table } from '../results';

const CLIENTS = 50;
const CHANGES = 7;
/** Milliseconds without a response after which nothing more comes: with thousands of hosts, istiod thinks for seconds. */
const QUIET = 6000;

/** What it takes to tell 50 sidecars that one more host is declared. */
export interface Push {
  readonly pattern: Pattern;
  readonly hosts: number;
  readonly shape: string;
  /** From the first object that is applied to the last response that arrives. */
  readonly milliseconds: number[];
  /** To all clients together. */
  readonly kilobytes: number[];
}

/** Adds one host after the other to so many, in both shapes. */
export async function pushesOf(mesh: Mesh, pattern: Pattern, hosts: number): Promise<Push[]> {
  const pushes: Push[] = [];
  for (const shape of [PEER, OURS]) pushes.push(await pushesIn(mesh, shape, pattern, hosts));
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
    const kilobytes: number[] = [];
    for (const [index, step] of steps.slice(1).entries()) {
      const known = new Set(steps[index]);
      const changed = step.filter((document) => !known.has(document));
      const begin = Date.now();
      await applyAll(changed);
      if (index === 0) await addressed();
      const { last, bytes } = await quiet(listeners);
      milliseconds.push(last - begin);
      kilobytes.push(Object.values(bytes).reduce((sum, count) => sum + count, 0) / 1000);
    }
    // The first waits for an istiod that has just started to take over what only one at a time does.
    return { pattern, hosts, shape: shape.name, milliseconds: milliseconds.slice(1), kilobytes: kilobytes.slice(1) };
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

/** Both shapes, and how much of the peer's bytes and time ours takes. */
export function pushesTable(pushes: Push[]): string {
  const columns = ['', 'hosts', 'kB to 50 clients', 'peer', 'ratio', 'ms until the last', 'peer', 'ratio'];
  const ours = pushes.filter(({ shape }) => shape === OURS.name);
  const rows = ours.map((own) => {
    const peer = pushes.find((push) => push.shape === PEER.name && push.pattern === own.pattern)!;
    const columnsOf = (what: 'kilobytes' | 'milliseconds') => {
      const [mine, other] = [figure(own[what]), figure(peer[what])];
      return [readable(mine, 0), readable(other, 0), (mine.median / other.median).toFixed(3)];
    };
    return [own.pattern, own.hosts, ...columnsOf('kilobytes'), ...columnsOf('milliseconds')];
  });
  return table(columns, rows);
}
