import { Manifest } from '../../model/manifest';
import { Finding } from '../finding';
import { Context } from '../rule';

const MANAGED_BY = 'app.kubernetes.io/managed-by';

/** An object with the name of one of ours that somebody else manages: the two would overwrite each other in turn. */
export function* objectOwnedByAnother({ world }: Context): Iterable<Finding> {
  for (const [ours, before] of world.earlier) {
    const owner = ownerOf(before);
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
