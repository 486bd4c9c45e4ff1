import { IConstruct } from 'constructs';
import { Declaration } from '../exit/declaration';
import type { EgressExit } from '../exit/egress-exit';
import { ListSlot } from '../slot';

/** A declaration or a grant, and the exit that it is about. */
export interface Declared {
  readonly exit: EgressExit;
  readonly declaration: Declaration;
}

const DECLARED = new ListSlot<Declared>('Declared');

/**
 * Keeps a declaration with the app, for guards: they close everything else, so they must know every declaration, whichever is made
 * first.
 */
export function recordDeclared(exit: EgressExit, declaration: Declaration): void {
  DECLARED.add(declaration.scope.node.root, { exit, declaration });
}

/** Everything that an app declares or grants so far. */
export function allDeclared(scope: IConstruct): readonly Declared[] {
  return DECLARED.of(scope.node.root);
}
