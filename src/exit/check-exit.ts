import { Construct } from 'constructs';
import { IEgressExit } from './egress-exit';
import { EgressError } from '../errors';

/**
 * Checks that a declaration can go through an exit at all.
 * @throws ExitCannotCarry for what is no exit, or one of another app
 */
export function checkExit(scope: Construct, exit: IEgressExit): void {
  if (!hasMethods(exit, '_grant', '_lead', '_describe')) {
    throw new EgressError('ExitCannotCarry', scope, {
      what: '`exit` is not an exit of this library',
      given: exit,
      allowed: 'an exit, or what EgressGateway.imported and EgressWaypoint.imported return',
      fix: 'pass the exit itself',
    });
  }
  if (exit._owned && exit._owned.node.root !== scope.node.root) {
    throw new EgressError('ExitCannotCarry', scope, {
      what: 'the exit is made in another app, whose YAML this declaration would not reach',
      given: `${exit.namespace}/${exit.exitName}`,
      allowed: 'an exit of the same app, or an imported one',
      fix: 'declare it where the exit is made; an Egress can also go through an imported exit, and be granted there',
    });
  }
}

/** By what it can do, because a second copy of this package has classes of its own. */
export function hasMethods(value: unknown, ...names: string[]): boolean {
  try {
    return names.every((name) => typeof (value as { [name: string]: unknown })[name] === 'function');
  } catch {
    return false;
  }
}
