import { holdsFor } from './policies';
import { podsName } from '../exits';
import { Finding } from '../finding';
import { Context } from '../rule';

/**
 * Flux applies an exit's policies after its pods and routes, and prunes them before, so that they cannot close it all the time. A policy
 * of the root namespace does, which is there before the exit and after it.
 */
export function* exitsNotClosed({ world, exits }: Context): Iterable<Finding> {
  const closing = world.policies.filter(
    ({ namespace, action, rules }) =>
      namespace === world.settings.rootNamespace && action === 'ALLOW' && rules.length === 0,
  );
  const open = exits.filter(
    (exit) =>
      exit.gateways.some((gateway) => world.isOurs(gateway)) &&
      !closing.some((policy) => holdsFor(world, policy, exit)),
  );
  if (open.length === 0) return;
  for (const object of world.settings.controlPlanes) {
    yield {
      code: 'ExitsNotClosed',
      severity: 'warning',
      object,
      what: 'no policy of its root namespace closes the pods of our exit: while the exit is applied for the first time, or pruned, and its own policies are not there, everybody in the mesh can call what it routes',
      fix: 'apply `exits-closed.yaml` of Installation.write, and give pods that exist already the label cdk8s-istio-egress/exit: gateway',
      affects: open.map(podsName),
    };
  }
}
