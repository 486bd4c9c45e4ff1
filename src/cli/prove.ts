import { readFileSync } from 'node:fs';
import { asUsage, Command, Given, UsageError } from './command';
import { DESPITE_PROBLEMS, isDoubtful, materialOf, MESH_OPTIONS, stated } from './material';
import { readSide } from './side';
import { Terminal, withProgress } from './terminal';
import { Rule, readRule, readRules } from '../engine/reach/pattern';
import { Claim, never, noNew, only } from '../engine/reach/prove';
import { toJson, toMarkdown, toText } from '../engine/reach/prove-text';
import { Side, sideOf } from '../engine/reach/side';

const OUTPUTS = { text: toText, json: toJson, markdown: toMarkdown };

/** The command `prove`. */
export const PROVE: Command = {
  name: 'prove',
  summary: 'that certain calls never get out, or a call that does',
  usage: 'PATH... (--never RULE | --only FILE | --no-new BASE)... [options]',
  about: `Looks for a call that contradicts what you claim, over everybody and everything that manifests know, and explains it.
PATH is a file or a folder of manifests, a dump of a cluster, or - for standard input; what says how istiod runs is read there too.`,
  options: {
    never: {
      value: 'RULE',
      about: "callers that never reach certain hosts, as 'orders/* -> *.example.com', perhaps with a port",
      many: true,
    },
    only: {
      value: 'FILE',
      about: "all that may leave: a line 'namespace/account -> host:port' for each, # for comments",
    },
    'no-new': { value: 'BASE', about: 'a file or folder of manifests; nothing is opened that it does not open' },
    ...MESH_OPTIONS,
    output: { value: 'FORMAT', about: 'the form of the answer', allowed: Object.keys(OUTPUTS), default: 'text' },
    'fail-on': {
      value: 'WHAT',
      about: 'what is exit code 1',
      allowed: ['counterexample', 'never'],
      default: 'counterexample',
    },
    ...DESPITE_PROBLEMS,
  },
  page: 'prove.md',
  exits:
    '0 if no call contradicts; 1 if one does; 2 where the usage is wrong, or input is missing, is about nobody, cannot be read or would be refused.',
  run,
};

async function run(given: Given, terminal: Terminal): Promise<number> {
  const { operands } = given;
  const [file, base] = [given.text('only'), given.text('no-new')];
  const rules = given.list('never').map((text) => asUsage(() => readRule(text)));
  if (operands.length === 0) throw new UsageError('A file or folder of manifests is needed.');
  if (rules.length === 0 && file === undefined && base === undefined) {
    throw new UsageError('A claim is needed: --never, --only or --no-new.');
  }
  const allowed = file === undefined ? [] : readRules(file, readFileSync(file, 'utf8'));
  const { sides, claims } = await withProgress(
    terminal,
    () => 'calls are tried',
    async () => {
      const head = await sideOf(await materialOf(operands, terminal, () => true), stated(given));
      const before = base === undefined ? undefined : await readSide(base, { paths: [] }, given, terminal);
      return {
        sides: before ? [head, before] : [head],
        claims: await claimed(head, { rules, file, allowed, base, before }),
      };
    },
  );
  const [{ assumptions, problems }] = sides;
  terminal.out(OUTPUTS[given.text('output') as keyof typeof OUTPUTS]({ claims, assumptions, problems }));
  if (sides.some((side) => isDoubtful(side, given, terminal))) return 2;
  return given.text('fail-on') !== 'never' && claims.some(({ against }) => against.length > 0) ? 1 : 0;
}

interface Claimed {
  readonly rules: Rule[];
  readonly file?: string;
  readonly allowed: Rule[];
  readonly base?: string;
  readonly before?: Side;
}

async function claimed(head: Side, { rules, file, allowed, base, before }: Claimed): Promise<Claim[]> {
  const claims: Claim[] = [];
  for (const rule of rules) claims.push(await never(rule, head));
  if (file !== undefined) claims.push(only(file, allowed, head));
  if (before) claims.push(noNew(before, head, base!));
  return claims;
}
