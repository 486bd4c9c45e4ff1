import { Finding, nameOf } from './finding';
import { Unreadable } from '../model/documents';
import { Manifest, Source } from '../model/manifest';
import { codeInMarkdown, count, inMarkdown, oneLine, sentence } from '../model/plain-text';

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
  const blocks = findings.map(({ severity, code, object, what, fix, affects }) =>
    [
      oneLine(`${severity} ${code}: ${nameOf(object)} (${place(object)})`),
      `  ${sentence(what)}`,
      ...(affects.length > 0 ? [`  affects: ${some(affects)}`] : []),
      `  fix: ${sentence(fix)}`,
    ].join('\n'),
  );
  const lost = unreadable.map(({ file, line, column, reason }) =>
    oneLine(`unreadable ${file}:${line}:${column}: ${reason}`),
  );
  return (
    [...blocks, ...(lost.length > 0 ? [lost.join('\n')] : []), result({ findings, unreadable, counts })].join('\n\n') +
    '\n'
  );
}

function result({ findings, counts }: Report): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const read = `${count(counts.cluster, 'object')} of the cluster and ${counts.ours} of ours read`;
  const skipped = counts.others > 0 ? `, ${count(counts.others, 'document')} without a kind and name left out` : '';
  return `${count(errors, 'error')}, ${count(findings.length - errors, 'warning')}; ${read}${skipped}`;
}

const place = ({ source: { file, line } }: Manifest) => `${file}:${line}`;

/** For a pull request. */
export function toMarkdown({ findings, unreadable, counts }: Report): string {
  const rows = findings.map(({ severity, code, object, what, fix, affects }) =>
    [
      `- **${severity} ${code}**: ${codeInMarkdown(nameOf(object))} (${codeInMarkdown(place(object))})`,
      `  ${inMarkdown(sentence(what))}`,
      ...(affects.length > 0 ? [`  Affects: ${inMarkdown(some(affects))}.`] : []),
      `  Fix: ${inMarkdown(sentence(fix))}`,
    ].join('\n'),
  );
  const lost = unreadable.map(
    ({ file, line, column, reason }) =>
      `- **unreadable** ${codeInMarkdown(`${file}:${line}:${column}`)}: ${inMarkdown(reason)}`,
  );
  return (
    [...rows, ...lost, `${rows.length + lost.length > 0 ? '\n' : ''}${result({ findings, unreadable, counts })}`].join(
      '\n',
    ) + '\n'
  );
}

/** For GitHub's workflow commands, by which findings stand beside the lines of a pull request. */
export function toGithub({ findings, unreadable, counts }: Report): string {
  const rows = findings.map(({ severity, code, object, what, fix }) =>
    annotation(severity, object.source, code, `${nameOf(object)}: ${sentence(what)} ${sentence(fix)}`),
  );
  const lost = unreadable.map(({ file, line, reason }) => annotation('error', { file, line }, 'unreadable', reason));
  return [...rows, ...lost, result({ findings, unreadable, counts })].join('\n') + '\n';
}

/** @see https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions */
function annotation(kind: string, { file, line }: Source, title: string, message: string): string {
  const data = (text: string) => oneLine(text).replaceAll('%', '%25');
  const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return `::${kind} file=${property(file)},line=${line},title=${property(title)}::${data(message)}`;
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

function some(affects: string[]): string {
  const more = affects.length - SHOWN;
  return oneLine(affects.slice(0, SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : ''));
}
