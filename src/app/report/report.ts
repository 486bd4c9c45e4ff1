import { IConstruct } from 'constructs';
import { EgressReport } from './egress-report';
import { lineOf, whose } from './lines';
import { recordsBelow } from '../records';
import { reportDeclaration } from './reported-declaration';
import { preconditionsOf } from '../../mesh/preconditions';
import { installationOf } from '../installation-parts';

/** What everything below a scope lets out, and what it needs of the mesh. */
export function report(scope: IConstruct): EgressReport {
  const records = recordsBelow(scope);
  return {
    declarations: records.flatMap(({ declared }) => (declared ? reportDeclaration(declared) : [])),
    notes: records.flatMap(({ note }) => (note ? { ...note } : [])),
    installation: installationOf(scope),
    preconditions: preconditionsOf(scope),
  };
}

/** The same declarations and notes, each as a line. */
export function reportLines(scope: IConstruct): string[] {
  return recordsBelow(scope).map(({ declared, note }) =>
    declared ? lineOf(reportDeclaration(declared)) : `${note!.path}: ${note!.text}${whose(note!)}`,
  );
}
