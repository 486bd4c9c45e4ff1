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

/** Keeps what is declared with the app, for what closes every other way: it must know all of it, whatever comes first. */
export function recordDeclared(exit: EgressExit, declaration: Declaration): void {
  DECLARED.add(declaration.scope.node.root, { exit, declaration });
}

/** Everything that an app declares or grants so far. */
export function allDeclared(scope: IConstruct): readonly Declared[] {
  return DECLARED.of(scope.node.root);
}
