import { World, WorldCall } from './world';
import { CallResult } from '../world/call';
import { Mesh } from '../world/mesh';

/** How an expected call came out. */
export interface Verdict {
  readonly call: WorldCall;
  readonly title: string;
  readonly result?: CallResult;
  /** What was wrong, with what is needed to find out why. */
  readonly failure?: string;
}

/** A line for a call: its own name, or what it does. */
export function titleOf(call: WorldCall): string {
  const what = `${call.from} ${call.method ?? 'GET'} ${call.url}`;
  return `${call.expect.outcome.padEnd(7)} ${call.name ? `${call.name} (${what})` : what}`;
}

/** Declares what a world file names, and applies the manifests to it. */
export async function prepare(mesh: Mesh, world: World, manifests: string[]): Promise<void> {
  const named = [...(world.workloads ?? []).map(({ namespace }) => namespace)];
  for (const name of new Set(named)) {
    if (!world.namespaces?.some((namespace) => namespace.name === name)) await mesh.namespace(name);
  }
  for (const { name, ...options } of world.namespaces ?? []) await mesh.namespace(name, options);
  for (const options of world.external ?? []) await mesh.external(options);
  for (const { secret, commonName } of world.clientCertificates ?? []) await mesh.clientCertificate(secret, commonName);
  for (const options of world.workloads ?? []) await mesh.workload(options);
  await mesh.apply(manifests.join('\n---\n'));
  await mesh.ready();
  await mesh.settled();
}

/** Makes the expected calls, those that must pass first: a refusal counts only where a call could have passed. */
export async function prove(mesh: Mesh, world: World, tell: (verdict: Verdict) => void): Promise<Verdict[]> {
  const inOrder = [...world.calls].sort((a, b) => a.expect.outcome.localeCompare(b.expect.outcome));
  const verdicts: Verdict[] = [];
  for (const entry of inOrder) {
    const { expect, name: _, ...call } = entry;
    const title = titleOf(entry);
    let verdict: Verdict;
    try {
      verdict = { call: entry, title, result: await mesh.expect(call, expect) };
    } catch (error) {
      verdict = { call: entry, title, failure: (error as Error).message };
    }
    tell(verdict);
    verdicts.push(verdict);
  }
  return verdicts;
}
