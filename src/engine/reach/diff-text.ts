import { ChangedObject, Diff, Gain } from './diff';
import { groundsMarkdown, groundsText, plain } from './inventory-text';
import { BY_GRAVITY, RISKS, Risk } from './risk';
import { Side } from './side';
import { calledOf, leavesTo, outcomeOf, PROTECTIONS, protectionOf, Way } from './way';
import { codeInMarkdown, count, inMarkdown, oneLine, sentence } from '../../model/plain-text';
import { titleOf } from '../story';

/** How names, sentences and lists are written: for a terminal, or in Markdown. */
interface Style {
  readonly name: (text: string) => string;
  readonly words: (text: string) => string;
  readonly title: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly item: (text: string, details: string[]) => string;
}

const TEXT: Style = {
  name: oneLine,
  words: oneLine,
  title: oneLine,
  bold: oneLine,
  item: (text, details) => [`  - ${text}`, ...details.map((line) => `      ${line}`)].join('\n'),
};

const MARKDOWN: Style = {
  name: codeInMarkdown,
  words: inMarkdown,
  title: (text) => `### ${inMarkdown(text)}`,
  bold: (text) => `**${inMarkdown(text)}**`,
  item: (text, details) => [`- ${text}`, ...details.map((line) => `  - ${line}`)].join('\n'),
};

/** For a terminal. */
export const toText = (diff: Diff): string => told(diff, TEXT, groundsText(diff.head));

/** For a pull request, and for a reviewer who does not know Istio. */
export function toMarkdown(diff: Diff): string {
  const grounds = groundsMarkdown(diff.head).join('\n\n');
  return `## What leaves the mesh\n\n${told(diff, MARKDOWN, [`<details><summary>What this rests on</summary>\n\n${grounds}\n\n</details>`])}`;
}

function told(diff: Diff, style: Style, grounds: string[]): string {
  const { gained, lost, better, exitObjects } = diff;
  const some = (items: string[], title: string, about: string) =>
    items.length === 0 ? [] : [[style.title(title), style.words(sentence(about)), items.join('\n')].join('\n\n')];
  return [
    style.bold(sentence(summaryOf(diff))),
    ...BY_GRAVITY.flatMap((risk) => {
      const { title, about } = RISKS[risk];
      if (risk === 'exit-objects') {
        return some(
          exitObjects.map((one) => objectLine(one, style)),
          title,
          about,
        );
      }
      return some(
        gained.filter(({ risks }) => risks[0] === risk).map((gain) => gainLine(gain, diff.head, style)),
        title,
        about,
      );
    }),
    ...some(
      better.map((way) => wayLine(way, style)),
      'Narrower, or better protected',
      'nothing to look for',
    ),
    ...some(
      lost.map((way) => wayLine(way, style)),
      'Closed',
      'these calls do not get out any more: is anybody left who makes them?',
    ),
    ...grounds,
  ]
    .join('\n\n')
    .concat('\n');
}

export function summaryOf({ gained, lost, better, exitObjects }: Diff): string {
  if (gained.length + lost.length + better.length + exitObjects.length === 0) {
    return 'nothing changes in what leaves the mesh';
  }
  const opened = gained.filter(({ before }) => !before).length;
  return [
    `this change opens ${count(opened, 'way')} out of the mesh`,
    `changes ${gained.length - opened} for the worse`,
    `closes ${lost.length}`,
  ].join(', ');
}

function wayLine(way: Way, { name }: Style): string {
  return `${name(callerText(way))} → ${name(calledOf(way))}`;
}

const callerText = ({ caller }: Way) => (caller.endsWith('/*') ? `everybody in ${caller.slice(0, -2)}` : caller);

function gainLine({ way, before, risks, objects }: Gain, head: Side, style: Style): string {
  const { words, name } = style;
  const to = leavesTo(way);
  const others = risks.slice(1).map((risk) => RISKS[risk].title.toLowerCase());
  const outcome = outcomeOf(way)
    .map((text) => words(sentence(text)))
    .join(' ');
  const what = before ? words(' is open as before, with a difference') : words(' is open now');
  const { owner, reason, ticket, expires } = way.notes ?? {};
  const notes = Object.entries({ owner, reason, ticket, expires }).filter(([, value]) => value);
  return style.item(`${wayLine(way, style)}${to ? words(`, which leads to ${to},`) : ''}${what}${words('.')}`, [
    outcome,
    ...(before ? differences(before, way).map((text) => words(sentence(text))) : []),
    ...(others.length > 0 ? [words(`Also: ${others.join(', ')}.`)] : []),
    ...(notes.length > 0 ? [notes.map(([key, value]) => `${key}: ${words(value!)}`).join(', ')] : []),
    ...(objects ?? []).map((one) => objectLine(one, style, true)),
    ...(objects ? [] : [`${words('Decided by')} ${decidedBy(way, name, head)}`]),
  ]);
}

function differences(before: Way, way: Way): string[] {
  const differ = (what: string, of: (one: Way) => string) =>
    of(before) === of(way) ? [] : [`${what}: ${of(before)} before, ${of(way)} now`];
  return [
    ...differ('encryption', ({ arrives }) => PROTECTIONS[protectionOf(arrives)]),
    ...differ('leaves from', ({ exit }) => exit),
    ...differ('leads to', ({ arrives }) => `${arrives.host}:${arrives.port}`),
    ...differ('the exit takes the caller for', ({ identity, isDirect }) =>
      isDirect ? 'nobody, since there is no exit' : (identity ?? 'nobody it knows'),
    ),
    ...differ('requests that pass', ({ access }) => access),
  ];
}

function decidedBy(way: Way, name: Style['name'], side: Side): string {
  const places = decidersOf(way, side).map(({ object, at }) => `${name(titleOf(object))}${at ? ` (${name(at)})` : ''}`);
  return places.length > 0 ? places.join(', ') : 'no object: the mesh lets such calls out as they are';
}

/** The objects that decide about a way; what makes its host known does as well, although no proxy names it. */
function decidersOf({ decided, host }: Way, { objects }: Side): { object: string; at?: string }[] {
  const places = decided.map(({ object, file, line }) => ({ object, at: file && `${file}${line ? `:${line}` : ''}` }));
  const declaring = [...objects]
    .filter(([, { hosts }]) => hosts.includes(host))
    .map(([object, { at }]) => ({ object, at }));
  return [...new Map([...places, ...declaring].map((place) => [place.object, place])).values()];
}

function objectLine({ object, change, at }: ChangedObject, style: Style, isDetail = false): string {
  const text = `${style.name(titleOf(object))} ${style.words(change)} (${style.name(at)})`;
  return isDetail ? text : style.item(text, []);
}

/** What programs read. */
export function toJson({ gained, lost, better, exitObjects, head }: Diff): string {
  const content = {
    gained: gained.map(({ way, before, ...rest }) => ({ ...rest, way: plain(way), before: before && plain(before) })),
    lost: lost.map(plain),
    better: better.map(plain),
    exitObjects,
    assumptions: head.assumptions,
    problems: head.problems,
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

/** For a workflow of GitHub: what is opened, beside the lines that open it. */
export function toGithub({ gained, exitObjects, head }: Diff): string {
  const at = (file?: string, line?: number) => (file ? ` file=${property(file)}${line ? `,line=${line}` : ''}` : '');
  const lines = [
    ...gained.map(({ way, risks, objects }) => {
      const place = split((objects ?? decidersOf(way, head)).at(-1)?.at ?? '');
      const text = `${callerText(way)} → ${calledOf(way)}: ${risks.map((risk: Risk) => RISKS[risk].title.toLowerCase()).join(', ')}`;
      return `::warning${at(place.file, place.line)}::${message(text)}`;
    }),
    ...exitObjects.map((one) => {
      const { file, line } = split(one.at);
      return `::notice${at(file, line)}::${message(`${titleOf(one.object)} ${one.change}: ${RISKS['exit-objects'].about}`)}`;
    }),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function split(at: string) {
  const [, file, line] = /^(.*):(\d+)$/.exec(at) ?? [];
  return { file, line: Number(line) };
}

const message = (text: string) => oneLine(text).replaceAll('%', '%25');
const property = (text: string) => message(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
