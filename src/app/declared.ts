import { IConstruct } from 'constructs';
import { Declaration } from '../exit/declaration';
import type { IEgressExit } from '../exit/egress-exit';

/** A declaration or a grant, and the exit that it is about. */
export interface Declared {
  readonly exit: IEgressExit;
  readonly declaration: Declaration;
}

const DECLARED = Symbol.for('cdk8s-istio-egress.Declared');

/** Keeps what is declared with the app, for what closes every other way: it must know all of it, whatever comes first. */
export function recordDeclared(exit: IEgressExit, declaration: Declaration): void {
  const root = declaration.scope.node.root as any;
  (root[DECLARED] ??= []).push({ exit, declaration });
}

/** Everything that an app declares or grants so far. */
export function allDeclared(scope: IConstruct): Declared[] {
  return (scope.node.root as any)[DECLARED] ?? [];
}
