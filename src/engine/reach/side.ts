import { Inventory, takeInventory } from './inventory';
import { Manifest } from '../../model/manifest';
import { Material, Stated } from '../inquiry';

/** One side of a comparison: the inventory of manifests, and what stands in them. */
export interface Side extends Inventory {
  readonly objects: ReadonlyMap<string, Stored>;
}

/** An object as it stands in a manifest. */
export interface Stored {
  readonly namespace: string;
  readonly content: string;
  /** The hosts that a ServiceEntry declares. */
  readonly hosts: string[];
  /** File and line. */
  readonly at: string;
}

/** Takes one side. The material has manifests of every kind. */
export async function sideOf(material: Material, stated: Stated): Promise<Side> {
  const objects = material.manifests.map((one): [string, Stored] => [
    `${one.kind}/${one.namespace}/${one.name}`,
    {
      namespace: one.namespace,
      content: contentOf(one),
      hosts: hostsOf(one),
      at: `${one.source.file}:${one.source.line}`,
    },
  ]);
  return { ...(await takeInventory(material, stated)), objects: new Map(objects) };
}

const hostsOf = ({ kind, spec }: Manifest) =>
  kind === 'ServiceEntry' ? spec.at('hosts').items.flatMap(({ text }) => text ?? []) : [];

/** What clusters add by themselves is no content. */
function contentOf({ body }: Manifest): string {
  const { status, metadata, ...rest } = body.raw as { status?: unknown; metadata: Record<string, unknown> };
  const { creationTimestamp, generation, managedFields, resourceVersion, uid, ...own } = metadata;
  return JSON.stringify(sorted({ ...rest, metadata: own }));
}

/** The order of keys says nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
