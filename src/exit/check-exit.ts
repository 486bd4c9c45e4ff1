import { Construct } from 'constructs';
import { EgressExit, isExit, noExit } from './egress-exit';
import { EgressError } from '../errors';

/**
 * Checks that a declaration can go through an exit at all.
 * @throws ExitCannotCarry for what is no exit, or one of another app
 */
export function checkExit(scope: Construct, exit: EgressExit): void {
  if (!isExit(exit)) throw noExit(scope, exit);
  if (exit._isOwned && exit.node.root !== scope.node.root) {
    throw new EgressError('ExitCannotCarry', scope, {
      what: 'the exit is made in another app, whose YAML this declaration would not reach',
      given: `${exit.namespace}/${exit.exitName}`,
      allowed: 'an exit of the same app, or an imported one',
      fix: 'declare it where the exit is made; an Egress can also go through an imported exit, and be granted there',
    });
  }
}

/** Checks each of a list. @throws ExitCannotCarry */
export function checkExits(scope: Construct, exits: EgressExit[] = []): EgressExit[] {
  for (const exit of exits) checkExit(scope, exit);
  return exits;
}
