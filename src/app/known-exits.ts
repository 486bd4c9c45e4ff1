import { Construct, IConstruct } from 'constructs';
import { allExits } from './records';
import { ExitAddress } from '../exit/address';
import { EgressExit } from '../exit/egress-exit';

/**
 * Every gateway and waypoint that an app knows: those that it makes, those of other repos through which it declares, and those in
 * `named`. Of an exit that is made here and imported too, more is known where it is made.
 */
export function knownExits(scope: Construct, named: EgressExit[] = []): ExitAddress[] {
  const known = allExits(scope);
  const others = known.filter(({ _isOwned }) => !_isOwned);
  const made = known.filter((exit) => exit._isOwned && isInTree(exit));
  const reached = [...named, ...others, ...made].flatMap((exit) => exit._address(scope) ?? []);
  return [...new Map(reached.map((exit) => [`${exit.namespace}/${exit.exitName}`, exit])).values()];
}

/** Whether a construct stands where it was made: `tryRemoveChild` tells nobody that it has taken it away. */
function isInTree({ node }: IConstruct): boolean {
  return node.scope === undefined || (node.scope.node.tryFindChild(node.id)?.node === node && isInTree(node.scope));
}
