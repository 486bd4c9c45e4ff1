import { Construct, IConstruct } from 'constructs';
import { Declaration } from '../exit/declaration';
import type { EgressExit } from '../exit/egress-exit';
import { ListSlot } from '../slot';

/** A declaration or a grant, and the exit that it is about. */
export interface Declared {
  readonly exit: EgressExit;
  readonly declaration: Declaration;
}

/** What a construct adds to a report: a declaration, or a sentence of its own. */
export interface ReportRecord {
  readonly declared?: Declared;
  readonly note?: { readonly path: string; readonly text: string };
}

/** Of the app, in the order in which they are made. */
const DECLARED = new ListSlot<Declared>('Declared');
/** Of each construct. */
const RECORDS = new ListSlot<ReportRecord>('ReportRecords');

/**
 * Keeps a declaration or grant, for reports and for guards: these close everything else, so they must know every declaration,
 * whichever is made first.
 */
export function recordDeclaration(exit: EgressExit, declaration: Declaration): void {
  const declared = { exit, declaration };
  DECLARED.add(declaration.scope.node.root, declared);
  RECORDS.add(declaration.scope, { declared });
}

/** Keeps a sentence about what a construct opens or closes besides declarations. */
export function recordNote(construct: Construct, text: string): void {
  RECORDS.add(construct, { note: { path: construct.node.path, text } });
}

/** Everything that an app declares or grants so far. */
export function allDeclared(scope: IConstruct): readonly Declared[] {
  return DECLARED.of(scope.node.root);
}

/** Everything that constructs below a scope add to a report, in the order of the tree. */
export function recordsBelow(scope: IConstruct): ReportRecord[] {
  return RECORDS.below(scope);
}
