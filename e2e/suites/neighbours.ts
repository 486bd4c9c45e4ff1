import { parse } from 'yaml';
import { Example, example } from './examples';
import { furnish } from '../prove/prove';
import { WorldCall } from '../prove/world';
import { Mesh } from '../world/mesh';
import { workloadManifests } from '../world/workload';

/** Somebody's hand-written egress, in namespaces that examples use too. */
export const neighbour = example('fixtures/neighbour');

/** Whether somebody else may have an egress of his own beside an example: one that closes namespaces to what it did not declare says no. */
export function toleratesNeighbours({ documents }: Example): boolean {
  return !documents.some((document) => parse(document).kind === 'ValidatingAdmissionPolicy');
}

const namespaceOf = (entry: { name: string; namespace?: string }) => entry.namespace ?? entry.name;

/** Puts the neighbour beside what is there. His caller has a sidecar in whatever namespace he is. */
export async function stageNeighbour(mesh: Mesh, beside: Example): Promise<void> {
  const present = new Set([...(beside.world.namespaces ?? []), ...(beside.world.workloads ?? [])].map(namespaceOf));
  const { world, documents } = neighbour;
  const namespaces = (world.namespaces ?? []).filter(({ name }) => !present.has(name));
  const workloads = (world.workloads ?? []).map((workload) => ({ ...workload, sidecar: true }));
  await furnish(mesh, { ...world, namespaces, workloads: [] });
  await mesh.apply(
    [...workloads.flatMap(workloadManifests).map((object) => JSON.stringify(object)), ...documents].join('\n---\n'),
  );
  await mesh.ready();
  await mesh.settled();
}

/** The calls of an example that the neighbour does not decide about: he lets all namespaces call his own hosts. */
export function callsOfItsOwn({ world }: Example): WorldCall[] {
  const his = neighbour.world.external!.flatMap(({ hosts }) => hosts);
  return world.calls.filter(({ url }) => !his.includes(new URL(url).hostname));
}
