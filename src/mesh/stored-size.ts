import type { Problem } from '../errors';

/** How many characters an object may have, with room for metadata and for what is always there: etcd takes 1.5 MiB. */
export const MOST_STORED = 1_400_000;

/**
 * Says that Kubernetes would refuse an object. It does so of one by itself, while all others of the app are applied.
 *
 * @param fix Where what it holds can go instead
 */
export function tooLarge(what: string, characters: number, fix: string): Problem {
  return {
    what: `${what} would be larger than what Kubernetes stores`,
    given: `${characters} characters`,
    allowed: `${MOST_STORED}`,
    fix,
  };
}
