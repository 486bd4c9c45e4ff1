import { Construct } from 'constructs';
import { allDeclared } from './records';
import { ExitAddress } from '../exit/address';
import { EgressExit, isExit } from '../exit/egress-exit';

/**
 * Every gateway and waypoint that an app knows: those that it makes, those of other repos through which it declares, and those in
 * `named`.
 */
export function knownExits(scope: Construct, named: EgressExit[] = []): ExitAddress[] {
  const nodes = scope.node.root.node.findAll();
  const made = nodes.filter((node): node is EgressExit => isExit(node) && node._isOwned);
  const used = allDeclared(scope).map(({ exit }) => exit);
  const reached = [...named, ...used, ...made].flatMap((exit) => exit._address(scope) ?? []);
  return [...new Map(reached.map((exit) => [`${exit.namespace}/${exit.exitName}`, exit])).values()];
}
