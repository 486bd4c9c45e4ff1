import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { World, WorldCall } from './world';
import { CallResult } from '../world/call';
import { documentsOf } from '../world/manifests';
import { Mesh } from '../world/mesh';
import { workloadManifests } from '../world/workload';

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

/** Puts into the mesh what a world file names, its settings of the mesh included, except its workloads. */
export async function furnish(mesh: Mesh, world: World): Promise<void> {
  if (world.meshConfig) {
    await mesh.configure(world.outbound ?? 'REGISTRY_ONLY', parse(readFileSync(world.meshConfig, 'utf8')) as object);
  }
  const declared = new Map((world.namespaces ?? []).map(({ name, ...options }) => [name, options]));
  for (const { namespace } of world.workloads ?? []) if (!declared.has(namespace)) declared.set(namespace, {});
  for (const [name, options] of declared) await mesh.namespace(name, options);
  for (const options of world.external ?? []) await mesh.external(options);
  for (const path of world.manifests ?? []) await mesh.apply(documentsOf(path, []).join('\n---\n'));
  for (const { secret, hosts } of world.serverCertificates ?? []) await mesh.serverCertificate(secret, hosts);
  for (const { secret, commonName } of world.clientCertificates ?? []) await mesh.clientCertificate(secret, commonName);
}

/** Puts into the mesh what a world file names, and applies the manifests to it. */
export async function prepare(mesh: Mesh, world: World, manifests: string[]): Promise<void> {
  await furnish(mesh, world);
  const workloads = (world.workloads ?? []).flatMap(workloadManifests).map((object) => JSON.stringify(object));
  await mesh.apply([...workloads, ...manifests].join('\n---\n'));
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
