/**
 * What a host costs the proxies, as counts and bytes: a change that makes any of them hold more fails, with what it was before. The
 * allowance is `cost.json`; `COST=write` writes it anew, for a change that is worth it.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLIENT, PATTERNS, Pattern } from '../../bench/mesh/patterns';
import { Cost, cost } from '../world/cost';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();
const ALLOWED = join(__dirname, 'cost.json');
const FEW = 5;
const MANY = 25;
/** Addresses of pods are longer or shorter by a digit. */
const TOLERANCE = 1.005;

const WORKLOADS = {
  client: `${CLIENT.namespace}/${CLIENT.workload}`,
  bystander: 'elsewhere/bystander',
  gateway: 'istio-egress/istio-egress',
};
type Costs = Record<keyof typeof WORKLOADS, Cost>;

/** So many hosts as the library writes them. */
async function declare(pattern: Pattern, hosts: number): Promise<void> {
  const outdir = mkdtempSync(join(tmpdir(), 'cost-'));
  try {
    const script = join(__dirname, '../../bench/mesh/ours.ts');
    execFileSync(process.execPath, ['--import', 'tsx', script, pattern, `${hosts}`, outdir]);
    await mesh.apply(outdir);
  } finally {
    rmSync(outdir, { recursive: true });
  }
  await mesh.ready();
  await mesh.settled();
}

async function costs(): Promise<Costs> {
  const of = async (workload: string) => {
    const [{ metadata }] = await mesh.pods(workload);
    return cost(`${metadata.namespace}/${metadata.name}`);
  };
  const { client, bystander, gateway } = WORKLOADS;
  return { client: await of(client), bystander: await of(bystander), gateway: await of(gateway) };
}

/** What twenty more hosts add to each proxy. */
function added(few: Costs, many: Costs): Costs {
  const difference = (proxy: keyof Costs) =>
    Object.fromEntries(
      Object.entries(many[proxy]).map(([what, count]) => [what, count - few[proxy][what as keyof Cost]]),
    );
  return Object.fromEntries(
    Object.keys(WORKLOADS).map((proxy) => [proxy, difference(proxy as keyof Costs)]),
  ) as unknown as Costs;
}

beforeEach(async () => {
  for (const namespace of [CLIENT.namespace, 'elsewhere', 'istio-egress']) await mesh.namespace(namespace);
  await mesh.workload({ namespace: CLIENT.namespace, name: CLIENT.workload });
  await mesh.workload({ namespace: 'elsewhere', name: 'bystander' });
});
afterEach(async () => mesh.reset());

it.each(PATTERNS)('%s: no proxy holds more for twenty hosts than it did', async (pattern) => {
  await declare(pattern, FEW);
  const few = await costs();
  await declare(pattern, MANY);
  const found = added(few, await costs());
  expect(found.client.bytes).toBeGreaterThan(0);
  expect(found.gateway.bytes).toBeGreaterThan(0);
  expect(found.bystander).toEqual({ clusters: 0, listeners: 0, chains: 0, virtualHosts: 0, bytes: 0 });
  const all = JSON.parse(readFileSync(ALLOWED, 'utf8'));
  if (process.env.COST === 'write') {
    writeFileSync(ALLOWED, `${JSON.stringify({ ...all, [pattern]: found }, null, 2)}\n`);
    return;
  }
  const allowed: Costs = all[pattern];
  for (const proxy of Object.keys(WORKLOADS) as (keyof Costs)[]) {
    for (const what of Object.keys(found[proxy]) as (keyof Cost)[]) {
      const limit = allowed[proxy][what] * (what === 'bytes' ? TOLERANCE : 1);
      if (found[proxy][what] <= limit) continue;
      throw new Error(
        `the ${proxy} of ${pattern} holds more: ${what} ${found[proxy][what]}, before ${allowed[proxy][what]}`,
      );
    }
  }
});

// What is linear in few hosts could still be quadratic in many: each of them in every server, for one.
it.each(PATTERNS)('%s: a host costs the gateway the same among many as among few', async (pattern) => {
  const at: number[] = [];
  for (const hosts of [10, 20, 40]) {
    await declare(pattern, hosts);
    at.push((await costs()).gateway.bytes);
  }
  const [few, more, many] = at;
  expect((many - more) / 2).toBeLessThan((more - few) * 1.1);
});
