import { holdsFor } from './policies';
import { podsName } from '../exits';
import { Finding } from '../finding';
import { Context } from '../rule';

/**
 * A RequestAuthentication on the exit's pods: the gateway then takes the tokens that applications send to external hosts for
 * tokens of the mesh's issuers, and refuses what is none.
 */
export function* tokensRefused({ world, exits }: Context): Iterable<Finding> {
  for (const exit of exits) {
    for (const policy of world.requestAuthentications) {
      if (world.isOurs(policy) || !holdsFor(world, policy, exit)) continue;
      if (policy.manifest.spec.at('jwtRules').items.length === 0) continue;
      yield {
        code: 'TokensRefused',
        severity: 'warning',
        object: policy.manifest,
        what: `it also holds for ${podsName(exit)}: calls that carry a bearer token for an external host are refused there with 401, unless one of its issuers made the token`,
        fix: 'give it a selector that the pods of the exit do not match',
        affects: [podsName(exit)],
      };
    }
  }
}
