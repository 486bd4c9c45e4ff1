import { groundsMarkdown, groundsText } from './inventory-text';
import { Claim, Counterexample, Covered } from './prove';
import { Grounds } from '../inquiry';
import { callerShown } from './way';
import { codeInMarkdown, count, inMarkdown, oneLine, sentence } from '../../model/plain-text';
import { Call } from '../question';
import { Story, storyOf } from '../story';
import { storyMarkdown, storyText } from '../story-text';

/** What was to be shown, and what it rests on. */
export interface Proof extends Pick<Grounds, 'assumptions' | 'problems'> {
  readonly claims: Claim[];
}

/** So many further counterexamples of a claim are named; the first is told. */
const NAMED = 9;

/** For a terminal. */
export function toText({ claims, ...grounds }: Proof): string {
  const parts = claims.flatMap((claim) => [
    oneLine(`${titleOf(claim)}  ${claim.text}`),
    ...told(claim, oneLine, storyText),
    ...notes(claim).map(oneLine),
  ]);
  return [...parts, ...groundsText(grounds)].join('\n\n').concat('\n');
}

/** For a pull request. */
export function toMarkdown({ claims, ...grounds }: Proof): string {
  const parts = claims.flatMap((claim) => [
    `### ${inMarkdown(titleOf(claim))}: ${codeInMarkdown(claim.text)}`,
    ...told(claim, inMarkdown, storyMarkdown),
    ...notes(claim).map(inMarkdown),
  ]);
  return [...parts, ...groundsMarkdown(grounds)].join('\n\n').concat('\n');
}

function told(
  { against, covered }: Claim,
  words: (text: string) => string,
  story: (story: Story) => string[],
): string[] {
  const [first, ...others] = against;
  if (!first) return [words(sentence(coveredText(covered)))];
  const disguise = disguiseOf(first.call);
  const named = [...new Set(others.map(nameOf))];
  const left = named.length - NAMED;
  const lines = [...named.slice(0, NAMED), ...(left > 0 ? [`${left} more`] : [])];
  return [
    ...(disguise ? [words(sentence(`a call ${disguise}`))] : []),
    ...story(storyOf(first.call, first.answer)),
    ...toldBy(first).map(words),
    ...(lines.length > 0 ? [[words('Also:'), ...lines.map((line) => `- ${words(line)}`)].join('\n')] : []),
  ];
}

/** The name that the server is told, where that is not its own. */
function toldBy({ answer: { arrives } }: Counterexample): string[] {
  if (arrives?.authority === undefined) return [];
  const isOwn = arrives.authority.toLowerCase().replace(/:\d+$/, '') === arrives.host;
  if (isOwn) return [];
  return [sentence(`the server of ${arrives.host} is told '${arrives.authority}'`)];
}

function nameOf({ call, answer }: Counterexample): string {
  return [
    `${callerShown(call.from)} → ${call.url}`,
    disguiseOf(call),
    answer.verdict === 'depends' && 'which depends on more than manifests',
  ]
    .filter(Boolean)
    .join(', ');
}

export function toJson({ claims, assumptions, problems }: Proof): string {
  const content = claims.map(({ against, ...claim }) => ({
    ...claim,
    holds: against.length === 0,
    found: against.length,
    against: against.slice(0, 1 + NAMED).map(({ call, answer }: Counterexample) => ({ call, ...answer })),
  }));
  return `${JSON.stringify({ claims: content, assumptions, problems }, undefined, 2)}\n`;
}

const titleOf = ({ against }: Claim) => (against.length === 0 ? 'HOLDS' : 'DOES NOT HOLD');

const coveredText = ({ callers, hosts, ports, calls, isSampled }: Covered) =>
  `no call contradicts it, of ${count(calls, 'call')} of ${count(callers, 'caller')} to ${count(hosts, 'host')} on ${count(ports, 'port')}` +
  (isSampled ? '; of connections that differ in their host alone, one carried each disguised name' : '');

/** What of a call its URL does not say. */
function disguiseOf({ connectTo, headers, target, sni }: Call): string {
  return [
    ...(connectTo ? [`connected to ${connectTo.host}:${connectTo.port}`] : []),
    ...(headers?.host === undefined ? [] : [`with the Host header '${headers.host}'`]),
    ...(target?.startsWith('http') ? [`with the target '${target}'`] : []),
    ...(sni === undefined ? [] : [`with the server name '${sni}'`]),
  ].join(', ');
}

const notes = ({ unused = [] }: Claim) =>
  unused.length > 0 ? [`Allowed, and done by nobody: ${unused.join('; ')}.`] : [];
