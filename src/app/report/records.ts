import { Construct, IConstruct } from 'constructs';
import type { Declaration } from '../../exit/declaration';
import type { EgressExit } from '../../exit/egress-exit';
import { ListSlot } from '../../slot';
import { Declared, recordDeclared } from '../declared';

/** What a construct has to say in a report: of a declaration, or in words of its own. */
export interface ReportRecord {
  readonly declared?: Declared;
  readonly note?: { readonly path: string; readonly text: string };
}

const RECORDS = new ListSlot<ReportRecord>('ReportRecords');

/** Keeps a declaration or grant, for reports and for what has to know all of them. */
export function recordDeclaration(exit: EgressExit, declaration: Declaration): void {
  recordDeclared(exit, declaration);
  RECORDS.add(declaration.scope, { declared: { exit, declaration } });
}

/** Keeps what a construct opens or closes by itself. */
export function recordNote(construct: Construct, text: string): void {
  RECORDS.add(construct, { note: { path: construct.node.path, text } });
}

/** What all constructs below a scope have to say, in the order of the tree. */
export function recordsBelow(scope: IConstruct): ReportRecord[] {
  return RECORDS.below(scope);
}
