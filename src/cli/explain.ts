import { asUsage, Command, Given, UsageError } from './command';
import { DESPITE_PROBLEMS, isDoubtful, materialOf, MESH_OPTIONS, stated } from './material';
import { Terminal, withProgress } from './terminal';
import { ask } from '../engine/ask';
import { checkCall } from '../engine/check-call';
import { Inquiry, Outcome } from '../engine/inquiry';
import { Call, Verdict } from '../engine/question';
import { toMarkdown, toText } from '../engine/story-text';

/** Which verdicts fail, by what `--fail-on` says. */
const FAILING = {
  'not-allowed': (verdict: Verdict) => verdict !== 'allowed',
  'not-refused': (verdict: Verdict) => verdict !== 'refused',
  never: () => false,
};

/** The command `explain`. */
export const EXPLAIN: Command = {
  name: 'explain',
  summary: 'what becomes of one call: who lets it through or stops it, and why',
  usage: 'PATH... --from NAMESPACE/NAME URL [options]',
  about: `Follows a call through manifests as they would be in a cluster: istiod's own generator says what each proxy on the way is told to do.
PATH is a file or a folder of manifests, a dump of a cluster, or - for standard input; what says how istiod runs is read there too.
The URL begins with http, https, ws, wss, grpc, grpcs, tls or tcp.`,
  options: {
    from: { value: 'NAMESPACE/NAME', about: 'the caller: a workload or a service account' },
    method: { value: 'METHOD', about: 'the method of the request', default: 'GET' },
    header: { value: "'NAME: VALUE'", about: 'a header of the request', many: true },
    http: {
      value: 'VERSION',
      about: 'the version of HTTP that the caller speaks',
      allowed: ['1.1', '2'],
      default: '1.1',
    },
    sni: { value: 'NAME', about: "the server name of the caller's TLS, if it is not the URL's host" },
    ...MESH_OPTIONS,
    output: {
      value: 'FORMAT',
      about: 'the form of the answer',
      allowed: ['text', 'json', 'markdown'],
      default: 'text',
    },
    'fail-on': { value: 'WHAT', about: 'what is exit code 1', allowed: Object.keys(FAILING), default: 'not-allowed' },
    ...DESPITE_PROBLEMS,
  },
  page: 'answers.md',
  exits:
    '0 if the call is allowed; 1 if it is refused, fails, or depends on what manifests do not tell; 2 where the usage is wrong, or input is missing, cannot be read or would be refused.',
  run,
};

async function run(given: Given, terminal: Terminal): Promise<number> {
  const { paths, call } = callOf(given);
  const inquiry = new Inquiry(await materialOf(paths, terminal), stated(given));
  const reply = await withProgress(
    terminal,
    () => 'istiod reads the manifests',
    () => ask(inquiry.about(call), inquiry.environment),
  );
  const told = inquiry.told(call, reply);
  terminal.out(OUTPUTS[given.text('output') as keyof typeof OUTPUTS](told, call));
  if (isDoubtful(told, given, terminal)) return 2;
  return FAILING[given.text('fail-on') as keyof typeof FAILING](told.answer.verdict) ? 1 : 0;
}

const OUTPUTS = {
  text: toText,
  markdown: toMarkdown,
  json: ({ answer, assumptions, problems }: Outcome, call: Call) =>
    `${JSON.stringify({ call, ...answer, assumptions, problems }, undefined, 2)}\n`,
};

function callOf(given: Given): { paths: string[]; call: Call } {
  const urls = given.operands.filter((operand) => operand.includes('://'));
  const paths = given.operands.filter((operand) => !operand.includes('://'));
  const from = given.text('from');
  if (urls.length !== 1) throw new UsageError(`One URL is needed, not ${urls.length}.`);
  if (paths.length === 0) throw new UsageError('A file or folder of manifests is needed.');
  if (from === undefined) throw new UsageError('--from is needed: who calls?');
  const call = {
    from,
    url: urls[0],
    method: given.text('method'),
    ...headersOf(given.list('header')),
    http: given.text('http') as Call['http'],
    sni: given.text('sni'),
  };
  asUsage(() => checkCall(call));
  return { paths, call };
}

function headersOf(lines: string[]): Pick<Call, 'headers' | 'lines'> {
  const headers: Record<string, string> = {};
  const further: [string, string][] = [];
  for (const line of lines) {
    const [, name, value] = /^([^\s:]+):\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined) throw new UsageError(`--header is 'name: value', not '${line}'.`);
    if (Object.hasOwn(headers, name.toLowerCase())) further.push([name, value]);
    else headers[name.toLowerCase()] = value;
  }
  return { headers, lines: further };
}
