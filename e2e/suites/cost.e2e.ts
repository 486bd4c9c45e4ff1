/**
 * What a host costs the proxies, as counts and bytes: a change that makes any of them hold more fails, with what it was before. The
 * allowance is `cost.json`; `COST=write` writes it anew, for a change that is worth it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLIENT, PATTERNS, Pattern } from '../../bench/mesh/patterns';
import { applyAll, BYSTANDER, OURS, populate } from '../../bench/mesh/shapes';
import { Cost, cost, difference } from '../world/cost';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();
const ALLOWED = join(__dirname, 'cost.json');
const FEW = 5;
const MANY = 25;
/** Addresses of pods are longer or shorter by a digit. */
const TOLERANCE = 1.005;

const WORKLOADS = {
  client: `${CLIENT.namespace}/${CLIENT.workload}`,
  bystander: BYSTANDER,
  gateway: OURS.gateway,
};
type Costs = Record<keyof typeof WORKLOADS, Cost>;

/** So many hosts as the library writes them. */
async function declare(pattern: Pattern, hosts: number): Promise<void> {
  await applyAll(OURS.documents(pattern, hosts));
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
const added = (few: Costs, many: Costs): Costs => ({
  client: difference(many.client, few.client),
  bystander: difference(many.bystander, few.bystander),
  gateway: difference(many.gateway, few.gateway),
});

beforeEach(async () => populate(mesh));
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
