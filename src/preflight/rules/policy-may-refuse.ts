import { allowing, holdsFor, isForEverybody, isForEveryCall } from './policies';
import { AuthorizationPolicy } from '../../model/policy';
import { Exit, podsName } from '../exits';
import { Finding } from '../finding';
import { Context } from '../rule';
import { World } from '../world';

/**
 * A policy of somebody else on the exit's pods that refuses calls before ours is asked: DENY and CUSTOM go before ALLOW. And
 * where the exit has no ALLOW policy of ours, one of theirs refuses all that it does not name.
 */
export function* policyMayRefuse({ world, exits }: Context): Iterable<Finding> {
  for (const exit of exits) {
    for (const policy of world.policies) {
      if (world.isOurs(policy) || !holdsFor(world, policy, exit)) continue;
      const verdict = judge(world, exit, policy);
      if (!verdict) continue;
      yield {
        code: 'PolicyMayRefuse',
        ...verdict,
        object: policy.manifest,
        fix: 'give it a selector that the pods of the exit do not match, or exempt the calls of our clients in it',
        affects: [podsName(exit)],
      };
    }
  }
}

function judge(world: World, exit: Exit, policy: AuthorizationPolicy): Pick<Finding, 'severity' | 'what'> | undefined {
  const { action, rules } = policy;
  const all = rules.some((rule) => isForEverybody(rule) && isForEveryCall(rule));
  const where = `on ${podsName(exit)}`;
  if (action === 'DENY' && all) {
    return { severity: 'error', what: `it refuses every call ${where} with 403, whatever we grant` };
  }
  if (action === 'DENY' && rules.length > 0) {
    return { severity: 'warning', what: `calls that match it are refused ${where} with 403, whatever we grant` };
  }
  if (action === 'CUSTOM' && rules.length > 0) {
    return {
      severity: 'warning',
      what: `it asks an external authorizer about calls ${where}, which decides before our grants do`,
    };
  }
  if (action !== 'ALLOW' || all || allowing(world, exit).length > 0) return undefined;
  const others = world.policies.filter((other) => other.action === 'ALLOW' && holdsFor(world, other, exit));
  if (others.some((other) => other.rules.some((rule) => isForEverybody(rule) && isForEveryCall(rule)))) {
    return undefined;
  }
  return others.every((other) => other.rules.length === 0)
    ? {
        severity: 'error',
        what: `it allows nothing, and we have no policy that does: every call ${where} is refused with 403`,
      }
    : {
        severity: 'warning',
        what: `calls ${where} that it does not name are refused with 403, and we have no policy that names ours`,
      };
}
