import { Construct, IConstruct } from 'constructs';
import type { Declaration } from '../../exit/declaration';
import type { EgressExit } from '../../exit/egress-exit';
import { ListSlot } from '../../slot';
import { Declared, recordDeclared } from '../declared';

/** What a construct adds to a report: a declaration, or a sentence of its own. */
export interface ReportRecord {
  readonly declared?: Declared;
  readonly note?: { readonly path: string; readonly text: string };
}

const RECORDS = new ListSlot<ReportRecord>('ReportRecords');

/** Keeps a declaration or grant, for reports and for guards, which have to know all of them. */
export function recordDeclaration(exit: EgressExit, declaration: Declaration): void {
  recordDeclared(exit, declaration);
  RECORDS.add(declaration.scope, { declared: { exit, declaration } });
}

/** Keeps a sentence about what a construct opens or closes besides declarations. */
export function recordNote(construct: Construct, text: string): void {
  RECORDS.add(construct, { note: { path: construct.node.path, text } });
}

/** Everything that constructs below a scope add to a report, in the order of the tree. */
export function recordsBelow(scope: IConstruct): ReportRecord[] {
  return RECORDS.below(scope);
}
