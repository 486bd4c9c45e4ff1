import { Construct, IConstruct } from 'constructs';
import { Accountability } from '../exit/accountability';
import { Declaration } from '../exit/declaration';
import type { EgressExit } from '../exit/egress-exit';
import { ListSlot, Slot } from '../slot';

/** A declaration or a grant, and the exit that it is about. */
export interface Declared {
  readonly exit: EgressExit;
  readonly declaration: Declaration;
}

/** What a construct adds to a report: a declaration, or a sentence of its own. */
export interface ReportRecord {
  readonly declared?: Declared;
  readonly note?: { readonly path: string; readonly text: string } & Accountability;
}

/** Of the app, in the order in which they are made. */
const DECLARED = new ListSlot<Declared>('Declared');
/** The exits that the app makes, and those through which it declares. */
const EXITS = new Slot<Set<EgressExit>>('Exits');
/** Of each construct. */
const RECORDS = new ListSlot<ReportRecord>('ReportRecords');

/**
 * Keeps a declaration or grant, for reports and for guards: these close everything else, so they must know every declaration,
 * whichever is made first.
 */
export function recordDeclaration(exit: EgressExit, declaration: Declaration): void {
  const declared = { exit, declaration };
  const { root } = declaration.scope.node;
  DECLARED.add(root, declared);
  recordExit(root, exit);
  RECORDS.add(declaration.scope, { declared });
}

/** Keeps an exit that an app makes, or through which it declares: a guard's objects ask for all of them, each by itself. */
export function recordExit(root: IConstruct, exit: EgressExit): void {
  EXITS.begin(root, () => new Set()).add(exit);
}

/** Keeps a sentence about what a construct opens or closes besides declarations. */
export function recordNote(construct: Construct, text: string, accountability?: Accountability): void {
  RECORDS.add(construct, { note: { path: construct.node.path, text, ...accountability } });
}

/** Everything that an app declares or grants so far. */
export function allDeclared(scope: IConstruct): readonly Declared[] {
  return DECLARED.of(scope.node.root);
}

/** The exits that an app makes or declares through so far, each once. */
export function allExits(scope: IConstruct): EgressExit[] {
  return [...(EXITS.of(scope.node.root) ?? [])];
}

/** Everything that constructs below a scope add to a report, in the order of the tree. */
export function recordsBelow(scope: IConstruct): ReportRecord[] {
  return RECORDS.below(scope);
}
