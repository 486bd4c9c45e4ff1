import { selects } from '../../model/selectors';
import { isGatewayOf } from '../exits';
import { Finding, nameOf } from '../finding';
import { Context } from '../rule';

/** Pods of somebody else that our Gateway's selector finds, where we bring pods of our own. */
export function* podsShareLabels({ world }: Context): Iterable<Finding> {
  for (const gateway of world.gateways.filter((candidate) => world.isOurs(candidate))) {
    const found = world.workloads.filter(
      (pods) => isGatewayOf(gateway, pods) && selects(gateway.selector, pods.labels),
    );
    if (!found.some((pods) => world.isOurs(pods))) continue;
    for (const pods of found.filter((candidate) => !world.isOurs(candidate))) {
      const here = pods.namespace === gateway.namespace;
      if (!here && world.settings.scopedGateways) continue;
      yield {
        code: 'PodsShareLabels',
        severity: 'error',
        object: pods.manifest,
        what: here
          ? 'its pods have the labels of our exit: our Service sends calls to them, and our policies hold for them'
          : 'its pods have the labels of our exit: our Gateway opens its servers there as well, in the way of those that it has',
        fix: 'give the pods of one of the two other labels; a managed exit takes another `name`',
        affects: [nameOf(gateway.manifest)],
      };
    }
  }
}
