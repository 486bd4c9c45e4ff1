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

const isProcess = (document: string) => ['Deployment', 'ServiceAccount'].includes(parse(document).kind);

/**
 * Starts the neighbour's pods together with the example's: nobody knows of them without a Service. His caller has a sidecar in whatever
 * namespace he is.
 */
export async function startNeighbour(mesh: Mesh, beside: Example): Promise<void> {
  const present = new Set([...(beside.world.namespaces ?? []), ...(beside.world.workloads ?? [])].map(namespaceOf));
  const { world, documents } = neighbour;
  const namespaces = (world.namespaces ?? []).filter(({ name }) => !present.has(name));
  await furnish(mesh, { ...world, namespaces, workloads: [], external: [] });
  await mesh.apply(
    (world.workloads ?? []).map((workload) => ({ ...workload, sidecar: true })).flatMap(workloadManifests),
  );
  await mesh.apply(documents.filter(isProcess).join('\n---\n'));
}

/** Puts the neighbour's egress beside what is there. */
export async function stageNeighbour(mesh: Mesh, beside: Example): Promise<void> {
  const { world, documents } = neighbour;
  const servers = new Set((beside.world.external ?? []).flatMap(({ hosts }) => hosts));
  const external = (world.external ?? []).filter(({ hosts }) => !servers.has(hosts[0])); // theirs may have more names
  await furnish(mesh, { external, calls: [] });
  await mesh.apply(documents.join('\n---\n'));
  await mesh.ready();
  await mesh.settled();
}

/**
 * The neighbour's calls, without those to a host that the example declares on other ports: his gateway stands in the exit's namespace,
 * where it sees the exit's ServiceEntry instead of his. The preflight calls that HostHidden.
 */
export function hisCalls({ documents }: Example): WorldCall[] {
  const entries = documents
    .map((document) => parse(document))
    .filter(({ kind, metadata }) => kind === 'ServiceEntry' && metadata.namespace === 'istio-egress');
  const isHidden = ({ url }: WorldCall) => {
    const { hostname, protocol } = new URL(url);
    const number = protocol === 'http:' ? 80 : 443;
    return entries.some(
      ({ spec }) => spec.hosts.includes(hostname) && !spec.ports.some((port: any) => port.number === number),
    );
  };
  return neighbour.world.calls.filter((call) => !isHidden(call));
}

/** The calls of an example that the neighbour does not decide about: he lets all namespaces call his own hosts. */
export function callsOfItsOwn({ world }: Example): WorldCall[] {
  const his = neighbour.world.external!.flatMap(({ hosts }) => hosts);
  return world.calls.filter(({ url }) => !his.includes(new URL(url).hostname));
}
