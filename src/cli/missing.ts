import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Command, Given, UsageError } from './command';
import { Terminal, withProgress } from './terminal';
import { Circumstances, judge, UNKNOWN_CALLER } from '../observe/missing/judge';
import { kubernetesName } from '../observe/missing/names';
import { readLine } from '../observe/missing/read-line';
import { Tally } from '../observe/missing/tally';
import { toJson } from '../observe/missing/to-json';
import { toTypeScript } from '../observe/missing/to-typescript';

/** The command `missing`. */
export const MISSING: Command = {
  name: 'missing',
  summary: 'which declarations are missing, by the access logs of proxies',
  usage: '[FILE...] [options]',
  about: `Reads access logs of proxies, from files or standard input, and prints the declarations that are missing, ready to paste.
It reads Istio's default formats, text and JSON, that of EgressAccessLog, and what kubectl puts in front.`,
  options: {
    namespace: {
      value: 'NAME',
      about: "whose sidecars wrote the lines that do not say it; Istio's default formats do not",
    },
    'service-account': {
      value: 'NAME',
      about: 'the same of the service account; without it, the whole namespace is the client',
    },
    'exit-namespace': { value: 'NAME', about: 'a namespace of exits', many: true, default: 'istio-egress' },
    'cluster-domain': { value: 'NAME', about: "domain of the cluster's Services", default: 'cluster.local' },
    output: {
      value: 'FORMAT',
      about: 'the form of what is missing',
      allowed: ['typescript', 'json'],
      default: 'typescript',
    },
    'fail-on': { value: 'WHAT', about: 'what is exit code 1', allowed: ['missing', 'never'], default: 'missing' },
    'allow-no-access-logs': {
      about: 'take input without a single line of an access log, although nothing was checked',
    },
  },
  page: 'observe.md#what-is-missing',
  exits:
    '0 if nothing is missing; 1 if something is; 2 where the usage is wrong, or input cannot be read or holds no access log.',
  run,
};

/** Longer lines are nobody's access log. */
const LONGEST = 65_536;

async function run(given: Given, terminal: Terminal): Promise<number> {
  const { files, circumstances, json } = askedBy(given);
  const tally = new Tally();
  const counts = { lines: 0, unread: 0, unknown: 0 };
  const count = (text: string) => {
    counts.lines++;
    const line = text.length > LONGEST ? undefined : readLine(text);
    if (!line) counts.unread++;
    const missing = line && judge(line, circumstances);
    if (missing === UNKNOWN_CALLER) counts.unknown++;
    else if (missing) tally.add(missing);
  };
  await withProgress(
    terminal,
    () => `${counts.lines} lines read`,
    async () => {
      for (const file of files) {
        const input = file === '-' ? terminal.stdin() : createReadStream(file, 'utf8');
        for await (const text of createInterface({ input, crlfDelay: Infinity })) if (text.trim() !== '') count(text);
      }
    },
  );
  terminal.err(`${counts.lines} lines read, ${counts.unread} of them no access log\n`);
  if (counts.unknown > 0) {
    terminal.err(`${counts.unknown} lines do not say whose they are: name the namespace with --namespace\n`);
    return 2;
  }
  terminal.out(json ? toJson(tally) : toTypeScript(tally));
  // Empty logs, and those of something else, must not pass for a mesh in which nothing is missing.
  if (counts.lines === counts.unread && !given.is('allow-no-access-logs')) {
    terminal.err(
      'No line is one of an access log, so nothing was checked; if that is right, say --allow-no-access-logs\n',
    );
    return 2;
  }
  return tally.isEmpty || given.text('fail-on') === 'never' ? 0 : 1;
}

interface Asked {
  readonly files: string[];
  readonly circumstances: Circumstances;
  readonly json: boolean;
}

function askedBy(given: Given): Asked {
  const files = given.operands;
  const [namespace, serviceAccount] = [given.text('namespace'), given.text('service-account')];
  const clusterDomain = given.text('cluster-domain')!;
  const named = given.list('exit-namespace');
  const exits = named.length > 0 ? named : [given.text('exit-namespace')!];
  for (const name of [namespace, serviceAccount, clusterDomain, ...exits]) {
    if (name !== undefined && kubernetesName(name) === undefined) {
      throw new UsageError(`${name} is no name of Kubernetes.`);
    }
  }
  const circumstances: Circumstances = { namespace, serviceAccount, exits, clusterDomain };
  return { files: files.length > 0 ? files : ['-'], circumstances, json: given.text('output') === 'json' };
}
