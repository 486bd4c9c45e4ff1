import { collect, Finding, nameOf } from './finding';
import { MeshOptions } from './mesh-config';
import { toContext } from './rule';
import { RULES } from './rules';
import { READ_KINDS, World } from './world';
import { identity, Manifest } from '../model/manifest';

/** Whether a document of this kind is worth reading. */
export const isRead = (kind: string): boolean => READ_KINDS.has(kind);

/**
 * What in a cluster would break manifests, or be broken by them.
 *
 * @param cluster The cluster's objects; where one is also among ours, it is taken for its earlier version
 * @param ours The manifests that are to be applied
 */
export function preflight(cluster: Manifest[], ours: Manifest[], options: MeshOptions = {}): Finding[] {
  const context = toContext(new World(cluster, ours, options));
  return collect([...duplicates(cluster), ...duplicates(ours), ...RULES.flatMap((rule) => [...rule(context)])]);
}

/** Documents that say different things of one object: the last one is taken, as `kubectl apply` would have it. */
function duplicates(manifests: Manifest[]): Finding[] {
  const last = new Map(manifests.map((manifest) => [identity(manifest), manifest]));
  return manifests
    .filter((manifest) => {
      const counts = last.get(identity(manifest))!;
      return counts !== manifest && content(counts) !== content(manifest);
    })
    .map((object) => ({
      code: 'DuplicateDocument',
      severity: 'warning',
      object,
      what: 'the input has this object more than once, with different content, and the last one was taken',
      fix: 'leave out what does not hold',
      affects: [
        `${nameOf(object)}, line ${last.get(identity(object))!.source.line} of ${last.get(identity(object))!.source.file}`,
      ],
    }));
}

function content({ body, spec }: Manifest): string {
  return spec.canonical + body.at('data').canonical;
}
