import { Finding, nameOf } from './finding';
import { Unreadable } from '../model/documents';

/** The outcome of a run. */
export interface Report {
  readonly findings: Finding[];
  readonly unreadable: Unreadable[];
  readonly counts: { readonly cluster: number; readonly ours: number; readonly others: number };
}

/** How many of a finding's affected things the text names; JSON has all. */
const SHOWN = 5;

/** For people. */
export function toText({ findings, unreadable, counts }: Report): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const blocks = findings.map(({ severity, code, object, what, fix, affects }) =>
    [
      oneLine(`${severity} ${code}: ${nameOf(object)} (${object.source.file}:${object.source.line})`),
      `  ${sentence(what)}`,
      ...(affects.length > 0 ? [`  affects: ${some(affects)}`] : []),
      `  fix: ${sentence(fix)}`,
    ].join('\n'),
  );
  const lost = unreadable.map(({ file, line, column, reason }) =>
    oneLine(`unreadable ${file}:${line}:${column}: ${reason}`),
  );
  const read = `${count(counts.cluster, 'object')} of the cluster and ${counts.ours} of ours read`;
  const skipped = counts.others > 0 ? `, ${count(counts.others, 'document')} without a kind and name left out` : '';
  const result = `${count(errors, 'error')}, ${count(findings.length - errors, 'warning')}`;
  return [...blocks, ...(lost.length > 0 ? [lost.join('\n')] : []), `${result}; ${read}${skipped}`].join('\n\n') + '\n';
}

/** For programs: a documented, stable form. */
export function toJson({ findings, unreadable, counts }: Report): string {
  return (
    JSON.stringify(
      {
        findings: findings.map(({ code, severity, object, what, fix, affects }) => ({
          ...{ code, severity, kind: object.kind, namespace: object.namespace, name: object.name },
          ...{ file: object.source.file, line: object.source.line, what, fix, affects },
        })),
        unreadable,
        counts,
      },
      undefined,
      2,
    ) + '\n'
  );
}

function sentence(text: string): string {
  const line = oneLine(text);
  return `${line[0].toUpperCase()}${line.slice(1)}.`;
}

/** Names come from files of others: no control character of theirs reaches a terminal. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
}

function some(affects: string[]): string {
  const more = affects.length - SHOWN;
  return oneLine(affects.slice(0, SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : ''));
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
