import { DestinationRule, toDestinationRule } from '../../model/destination-rule';
import { VirtualService } from '../../model/virtual-service';
import { Finding, nameOf } from '../finding';
import { Context } from '../rule';
import { World } from '../world';

/**
 * A DestinationRule of ours takes the place of one in the cluster with the same name, and does not have its subsets, to which
 * routes of others lead: two repos have given their objects one name.
 */
export function* neighbourSubsetRemoved({ world }: Context): Iterable<Finding> {
  for (const [ours, before] of world.earlier) {
    if (ours.kind !== 'DestinationRule') continue;
    const [now, then] = [ours, before].map((manifest) => toDestinationRule(manifest, world.settings.clusterDomain));
    if (!then) continue;
    const lost = [...then.subsets.keys()].filter((name) => now?.host !== then.host || !now.subsets.has(name));
    for (const name of lost.filter((each) => !isElsewhere(world, then, each))) {
      const users = world.virtualServices.filter((vs) => !world.isOurs(vs) && uses(vs, then, name));
      if (users.length === 0) continue;
      yield {
        code: 'NeighbourSubsetRemoved',
        severity: 'error',
        object: before,
        what: `ours has its name and replaces it, without subset ${name}, to which routes of others lead: their calls fail with 503 or a reset`,
        fix: 'give our declarations another name, as by another id of their chart',
        affects: users.map(({ manifest }) => nameOf(manifest)),
      };
    }
  }
}

/** Whether another rule of the namespace has the subset as well. */
function isElsewhere(world: World, { namespace, host }: DestinationRule, subset: string): boolean {
  return world.destinationRules.some(
    (rule) => rule.namespace === namespace && rule.host === host && rule.subsets.has(subset),
  );
}

function uses(vs: VirtualService, { namespace, host }: DestinationRule, subset: string): boolean {
  return (
    vs.exportTo.reaches(namespace) &&
    vs.routes.some(({ destinations }) => destinations.some((to) => to.host === host && to.subset === subset))
  );
}
