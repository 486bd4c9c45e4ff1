import { allowing, holdsFor } from './policies';
import { Manifest } from '../../model/manifest';
import { podsName } from '../exits';
import { Finding, nameOf } from '../finding';
import { Context } from '../rule';

/** An ALLOW policy of ours that also holds for what is not ours: what no ALLOW policy names is refused there from then on. */
export function* policyRefusesNeighbour({ world, exits }: Context): Iterable<Finding> {
  const refuses = (object: Manifest, what: string, affects: string[]): Finding => ({
    code: 'PolicyRefusesNeighbour',
    severity: 'error',
    object,
    what: `${what}: calls that they do not name are refused with 403, or reset`,
    fix: 'give our exit pods with a label of their own; or grant, by a policy, what has to pass there',
    affects,
  });
  const names = (policies: { manifest: Manifest }[]) => policies.map(({ manifest }) => nameOf(manifest));

  const shared = new Set<Manifest | undefined>();
  for (const exit of exits) {
    const ours = allowing(world, exit);
    // On pods that we bring, somebody else's Gateway has no business: another rule's matter.
    if (ours.length === 0 || (exit.workload && world.isOurs(exit.workload))) continue;
    for (const gateway of exit.gateways.filter((candidate) => !world.isOurs(candidate))) {
      shared.add(exit.workload?.manifest);
      const what = `its servers on ${podsName(exit)} come under our ALLOW policies`;
      yield refuses(gateway.manifest, what, names(ours));
    }
  }

  const own = new Set(exits.map(({ workload }) => workload?.manifest));
  for (const pods of world.workloads) {
    if (world.isOurs(pods) || pods.owned || own.has(pods.manifest) || shared.has(pods.manifest)) continue;
    const ours = world.policies.filter(
      (policy) => world.isOurs(policy) && policy.action === 'ALLOW' && holdsFor(world, policy, pods),
    );
    if (ours.length > 0) yield refuses(pods.manifest, 'our ALLOW policies select its pods as well', names(ours));
  }
}
