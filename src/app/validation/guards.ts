import { IConstruct } from 'constructs';
import { TreeCheck } from './check-tree';
import { clashes } from './clashes';
import { describe } from '../../errors';
import { guardOf } from '../marks';

/** For apps with guards. */
export const OF_GUARDS: TreeCheck = {
  name: 'guards',
  problems: ({ marked }) => [...guardsOnExits(marked), ...guardsTwice(marked)],
};

/** Exits in guarded namespaces, which would be cut off from the hosts outside. */
function guardsOnExits(nodes: IConstruct[]): string[] {
  return nodes.flatMap((node) => {
    const guard = guardOf(node);
    if (!guard) return [];
    const exits = new Set(guard.exitNamespaces());
    return guard.namespaces
      .filter((namespace) => exits.has(namespace))
      .map((namespace) =>
        describe('GuardOnExit', node, {
          what: 'an exit stands in a guarded namespace; its pods would be cut off from the hosts outside',
          given: namespace,
          allowed: 'namespaces of workloads',
          fix: 'close the exit with an ExitGuard',
        }),
      );
  });
}

/** Namespaces with more than one guard: what one of them opens, the other cannot close. */
function guardsTwice(nodes: IConstruct[]): string[] {
  const guarded = nodes.flatMap((node) => (guardOf(node)?.namespaces ?? []).map((namespace) => ({ node, namespace })));
  return clashes(guarded, ({ namespace }) => namespace).map((group) =>
    describe('GuardTwice', group[1].node, {
      what: `two guards keep ${group[0].namespace}; what one of them opens, or only observes, the other cannot close`,
      given: group.map(({ node }) => node.node.path),
      allowed: 'one EgressGuard for each namespace',
      fix: 'take the namespace out of one of them',
    }),
  );
}
