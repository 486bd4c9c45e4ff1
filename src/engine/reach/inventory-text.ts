import { Inventory } from './inventory';
import { calledOf, exitOf, leavesTo, PROTECTIONS, protectionOf, Way } from './way';
import { codeInMarkdown, count, inMarkdown, oneLine, sentence } from '../../model/plain-text';
import { problemText } from '../story-text';

/** An inventory, and what of it is past its end. */
export interface Listed extends Inventory {
  readonly expired?: { readonly day: string; readonly ways: Way[] };
}

const HEAD = ['CALLER', 'CALLS', 'LEAVES TO', 'EXIT', 'ENCRYPTION', 'PASS', 'OWNER'];

const PASS = { all: 'all', some: 'some, by rules', depends: 'DEPENDS' } as const;

/** The cells of a way, in the order of HEAD. */
export function cellsOf(way: Way): string[] {
  return [
    way.caller.slice(way.caller.indexOf('/') + 1),
    calledOf(way),
    leavesTo(way) ?? 'there',
    exitOf(way),
    PROTECTIONS[protectionOf(way.arrives)],
    PASS[way.access],
    ownerOf(way),
  ].map(oneLine);
}

function ownerOf({ notes = {} }: Way): string {
  return [notes.owner, notes.ticket, notes.expires && `until ${notes.expires}`].filter(Boolean).join(', ') || '-';
}

/** The ways of each namespace. */
export function byNamespace(ways: Way[]): [string, Way[]][] {
  const groups = new Map<string, Way[]>();
  for (const way of ways) {
    const namespace = way.caller.split('/')[0];
    const group = groups.get(namespace);
    if (group) group.push(way);
    else groups.set(namespace, [way]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** What there is, in a line. */
export function summaryOf({ ways, callers }: Inventory): string {
  if (ways.length === 0) return `nothing leaves the mesh; ${count(callers.length, 'caller')} asked`;
  const hosts = new Set(ways.map(({ host }) => host)).size;
  const direct = ways.filter(({ isDirect }) => isDirect).length;
  const open = (protection: string) => ways.filter(({ arrives }) => protectionOf(arrives) === protection).length;
  return (
    `${count(ways.length, 'way')} out, of ${count(callers.length, 'caller')} to ${count(hosts, 'host')}: ` +
    `${direct} past every exit, ${open('plaintext')} without encryption, ${open('unverified')} without a verified server`
  );
}

const STAR = '* is every account of the namespace that nothing names.';

/** For a terminal: a table for each namespace of callers. */
export function toText(listed: Listed): string {
  const groups = byNamespace(listed.ways);
  const rows = groups.map(([namespace, ways]) => [namespace, ways.map(cellsOf)] as const);
  const widths = HEAD.map((head, column) =>
    Math.max(head.length, ...rows.flatMap(([, cells]) => cells.map((cell) => cell[column].length))),
  );
  const line = (cells: string[]) =>
    `  ${cells.map((cell, column) => cell.padEnd(widths[column])).join('  ')}`.trimEnd();
  return [
    sentence(summaryOf(listed)),
    ...rows.map(([namespace, cells]) => [oneLine(namespace), line(HEAD), ...cells.map(line)].join('\n')),
    ...(groups.length > 0 ? [STAR] : []),
    ...expiredText(listed),
    ...groundsText(listed),
  ]
    .join('\n\n')
    .concat('\n');
}

function expiredText({ expired }: Listed): string[] {
  if (!expired) return [];
  if (expired.ways.length === 0) return [`Nothing has expired on ${expired.day}.`];
  const lines = expired.ways.map((way) =>
    oneLine(`  - ${way.caller} to ${calledOf(way)}: ${way.notes!.expires}, owner ${way.notes!.owner ?? 'unknown'}`),
  );
  return [[`Expired on ${expired.day}:`, ...lines].join('\n')];
}

/** What an answer rests on, for a terminal. */
export function groundsText({ assumptions, problems }: Pick<Inventory, 'assumptions' | 'problems'>): string[] {
  return [
    ['Assumed:', ...assumptions.map((text) => `  - ${sentence(text)}`)].join('\n'),
    ...(problems.length > 0 ? [['Not counted:', ...problems.map((one) => `  - ${problemText(one)}`)].join('\n')] : []),
  ];
}

/** The same for a pull request. */
export function groundsMarkdown({ assumptions, problems }: Pick<Inventory, 'assumptions' | 'problems'>): string[] {
  const list = (title: string, lines: string[]) =>
    [`${title}\n`, ...lines.map((text) => `- ${inMarkdown(text)}`)].join('\n');
  return [
    list('Assumed:', assumptions.map(sentence)),
    ...(problems.length > 0 ? [list('Not counted:', problems.map(problemText))] : []),
  ];
}

/** For a pull request. */
export function toMarkdown(listed: Listed): string {
  const row = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [
    inMarkdown(sentence(summaryOf(listed))),
    ...byNamespace(listed.ways).map(([namespace, ways]) =>
      [
        `### ${inMarkdown(namespace)}\n`,
        row(HEAD.map((head) => head.toLowerCase())),
        row(HEAD.map(() => '---')),
        ...ways.map((way) => {
          const [caller, calls, leaves, exit, ...rest] = cellsOf(way);
          return row([...[caller, calls, leaves, exit].map(codeInMarkdown), ...rest.map(inMarkdown)]);
        }),
      ].join('\n'),
    ),
    ...(listed.ways.length > 0 ? [inMarkdown(STAR)] : []),
    ...expiredText(listed).map((text) =>
      text
        .split('\n')
        .map((line) => line.replace(/^( {2}- )?(.*)$/, (_, dash, rest) => `${dash ? '- ' : ''}${inMarkdown(rest)}`))
        .join('\n')
        .replace('\n', '\n\n'),
    ),
    ...groundsMarkdown(listed),
  ]
    .join('\n\n')
    .concat('\n');
}

/** What programs read of a way. */
export function plain({ answer, identity, isDirect, ...row }: Way): object {
  return { ...row, isDirect, protection: protectionOf(row.arrives), identity, hops: answer.hops };
}

export function toJson({ ways, callers, assumptions, problems, expired }: Listed): string {
  const past = expired && { day: expired.day, ways: expired.ways.map(plain) };
  return `${JSON.stringify({ ways: ways.map(plain), callers, expired: past, assumptions, problems }, undefined, 2)}\n`;
}
