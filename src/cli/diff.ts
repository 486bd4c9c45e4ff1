import { Command, Given, UsageError } from './command';
import { DESPITE_PROBLEMS, isDoubtful, MESH_OPTIONS } from './material';
import { readSide } from './side';
import { Terminal, withProgress } from './terminal';
import { compare, Diff } from '../engine/reach/diff';
import { toGithub, toJson, toMarkdown, toText } from '../engine/reach/diff-text';
import { BY_GRAVITY } from '../engine/reach/risk';

const OUTPUTS = { text: toText, json: toJson, markdown: toMarkdown, github: toGithub };

/** The command `diff`. */
export const DIFF: Command = {
  name: 'diff',
  summary: 'what a change of manifests opens and closes, the riskiest first',
  usage: 'BASE HEAD [options]',
  about: `Compares what callers reach outside by two sets of manifests, for whoever reviews the change.
BASE and HEAD are files or folders; with --path they are revisions of the git repository of this folder.`,
  options: {
    path: { value: 'PATH', about: 'where in the revisions manifests are, as dist', many: true },
    'base-may-be-empty': { about: 'take a BASE without manifests for one in which nobody reaches anything' },
    ...MESH_OPTIONS,
    output: { value: 'FORMAT', about: 'the form of the report', allowed: Object.keys(OUTPUTS), default: 'text' },
    'fail-on': {
      value: 'RISK',
      about: 'what is exit code 1 if it is opened',
      allowed: ['any', ...BY_GRAVITY, 'never'],
      default: 'any',
      lists: true,
    },
    ...DESPITE_PROBLEMS,
  },
  page: 'diff.md',
  exits:
    '0 if nothing is opened, or nothing that --fail-on names; 1 if something is; 2 where the usage is wrong, or input is missing, is about nobody, cannot be read or would be refused.',
  run,
};

async function run(given: Given, terminal: Terminal): Promise<number> {
  const { operands } = given;
  if (operands.length !== 2) throw new UsageError(`BASE and HEAD are needed, not ${operands.length} of them.`);
  const [base, head] = operands;
  const paths = given.list('path');
  const diff = await withProgress(
    terminal,
    () => 'both sides are asked for every caller',
    async () =>
      compare(
        await readSide(base, { paths, mayBeEmpty: given.is('base-may-be-empty') }, given, terminal),
        await readSide(head, { paths }, given, terminal),
      ),
  );
  terminal.out(OUTPUTS[given.text('output') as keyof typeof OUTPUTS](diff));
  if ([diff.base, diff.head].some((side) => isDoubtful(side, given, terminal))) return 2;
  return isFailing(diff, given.list('fail-on')) ? 1 : 0;
}

function isFailing({ gained, exitObjects }: Diff, risks: string[]): boolean {
  const fails = (risk: string) => risks.length === 0 || risks.includes('any') || risks.includes(risk);
  return gained.some((gain) => gain.risks.some(fails)) || (exitObjects.length > 0 && fails('exit-objects'));
}
