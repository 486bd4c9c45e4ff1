import { Problem } from './question';
import { Story, titleOf } from './story';
import { codeInMarkdown, inMarkdown, oneLine, sentence } from '../model/plain-text';

/** A story, and what it rests on. */
export interface Told {
  readonly story: Story;
  /** Without a full stop each. */
  readonly assumptions: string[];
  readonly problems: Problem[];
}

/** How many problems are named; of the others only their number is said. */
const NAMED = 10;

/** The story alone, for a terminal: parts with an empty line between them. */
export function storyText(story: Story): string[] {
  const steps = story.steps.map(({ who, decided, then }, index) =>
    [
      `${index + 1}. ${sentence(who)}`,
      ...decided.map(({ object, does, at }) => oneLine(`     ${object} ${does}${at ? `  (${at})` : ''}`)),
      ...(then === undefined ? [] : [`   ${sentence(then)}`]),
    ].join('\n'),
  );
  return [
    oneLine(`${story.verdict.toUpperCase()}  ${story.call}`),
    story.outcome.map(sentence).join('\n'),
    ...(steps.length > 0 ? [steps.join('\n')] : []),
  ];
}

/** For a terminal. */
export function toText({ story, assumptions, problems }: Told): string {
  return [
    ...storyText(story),
    ['Assumed:', ...assumptions.map((text) => `  - ${sentence(text)}`)].join('\n'),
    ...list('Not counted:', problems, (line) => `  - ${line}`),
  ]
    .join('\n\n')
    .concat('\n');
}

/** The story alone, for a pull request. */
export function storyMarkdown(story: Story): string[] {
  const steps = story.steps.map(({ who, decided, then }, index) =>
    [
      `${index + 1}. ${inMarkdown(sentence(who))}`,
      ...decided.map(
        ({ object, does, at }) =>
          `   - ${codeInMarkdown(object)} ${inMarkdown(does)}${at ? ` (${codeInMarkdown(at)})` : ''}`,
      ),
      ...(then === undefined ? [] : [`   - ${inMarkdown(sentence(then))}`]),
    ].join('\n'),
  );
  return [
    `**${story.verdict}**: ${codeInMarkdown(story.call)}`,
    story.outcome.map((text) => inMarkdown(sentence(text))).join(' '),
    ...(steps.length > 0 ? [steps.join('\n')] : []),
  ];
}

/** For a pull request. */
export function toMarkdown({ story, assumptions, problems }: Told): string {
  return [
    ...storyMarkdown(story),
    ['Assumed:', '', ...assumptions.map((text) => `- ${inMarkdown(sentence(text))}`)].join('\n'),
    ...list('Not counted:\n', problems, (line) => `- ${inMarkdown(line)}`),
  ]
    .join('\n\n')
    .concat('\n');
}

function list(title: string, problems: Problem[], line: (text: string) => string): string[] {
  if (problems.length === 0) return [];
  const more = problems.length - NAMED;
  return [
    [
      title,
      ...problems.slice(0, NAMED).map((problem) => line(problemText(problem))),
      ...(more > 0 ? [line(`and ${more} more`)] : []),
    ].join('\n'),
  ];
}

/** One line. */
export function problemText({ file, line, object, message }: Problem): string {
  const at = [file, line].filter((part) => part !== undefined && part !== '').join(':');
  return oneLine([at, object && titleOf(object), message].filter(Boolean).join(': '));
}
