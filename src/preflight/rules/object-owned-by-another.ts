import { Manifest } from '../../model/manifest';
import { Finding } from '../finding';
import { Context } from '../rule';

const MANAGED_BY = 'app.kubernetes.io/managed-by';
const FLUX = 'kustomize.toolkit.fluxcd.io';

/**
 * An object with the name of one of ours that somebody else manages: the two would overwrite each other in turn. Flux marks what it
 * has applied, so that ours carry no mark yet: they are taken to be of the Kustomization that applied most of them before.
 */
export function* objectOwnedByAnother({ world }: Context): Iterable<Finding> {
  const kustomization = mostFrequent([...world.earlier.values()].flatMap((before) => kustomizationOf(before) ?? []));
  for (const [ours, before] of world.earlier) {
    const applier = kustomizationOf(before);
    const owner = ownerOf(before) ?? (applier === kustomization ? undefined : applier);
    if (owner === undefined || owner === ownerOf(ours)) continue;
    yield {
      code: 'ObjectOwnedByAnother',
      severity: 'warning',
      object: before,
      what: `it has the name of one of our objects, and is managed by ${owner}: whoever applies last replaces the other's`,
      fix: 'give ours another `name`, or take it out of what manages it now',
      affects: [],
    };
  }
}

function ownerOf({ labels, annotations, body }: Manifest): string | undefined {
  const [owner] = body.at('metadata', 'ownerReferences').items;
  if (owner) return `${owner.at('kind').text ?? 'an object'} ${owner.at('name').text ?? ''}`.trim();
  const release = annotations['meta.helm.sh/release-name'];
  return release ? `Helm release ${release}` : labels[MANAGED_BY];
}

function kustomizationOf({ labels }: Manifest): string | undefined {
  const name = labels[`${FLUX}/name`];
  return name && `Kustomization ${labels[`${FLUX}/namespace`] ?? ''}/${name}`;
}

function mostFrequent(names: string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
