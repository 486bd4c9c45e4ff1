import { allowing, holdsFor, isForEverybody, isForEveryCall } from './policies';
import { podsName } from '../exits';
import { Finding, nameOf } from '../finding';
import { Context } from '../rule';

/** An ALLOW policy of somebody else on the exit's pods: what any one of several allows is let through. */
export function* policyOpensExit({ world, exits }: Context): Iterable<Finding> {
  for (const exit of exits) {
    const ours = allowing(world, exit);
    if (ours.length === 0) continue;
    for (const policy of world.policies) {
      if (world.isOurs(policy) || policy.action !== 'ALLOW' || policy.rules.length === 0) continue;
      if (!holdsFor(world, policy, exit)) continue;
      const wide = policy.rules.some((rule) => isForEverybody(rule) || isForEveryCall(rule));
      yield {
        code: 'PolicyOpensExit',
        severity: wide ? 'error' : 'warning',
        object: policy.manifest,
        what: `it also holds for ${podsName(exit)}, and lets ${wide ? 'callers or calls that it does not narrow down' : 'the callers that it names'} through besides those that we grant`,
        fix: 'give it a selector that the pods of the exit do not match, or remove it',
        affects: ours.map(({ manifest }) => nameOf(manifest)),
      };
    }
  }
}
