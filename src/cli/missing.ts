import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { PROCESS, runCommand, Terminal } from './terminal';
import { Circumstances, judge, UNKNOWN_CALLER } from '../observe/missing/judge';
import { kubernetesName } from '../observe/missing/names';
import { readLine } from '../observe/missing/read-line';
import { Tally } from '../observe/missing/tally';
import { toJson } from '../observe/missing/to-json';
import { toTypeScript } from '../observe/missing/to-typescript';

const USAGE = `Usage: cdk8s-istio-egress missing [FILE...] [options]

Reads access logs of proxies, from files or standard input, and prints the declarations that are missing, ready to paste.
It reads Istio's default formats, text and JSON, that of EgressAccessLog, and what kubectl puts in front.

  --namespace NAME         whose sidecars wrote the lines that do not say it; Istio's default formats do not
  --service-account NAME   the same of the service account (default: the whole namespace)
  --exit-namespace NAME    a namespace of exits; can be given several times (default: istio-egress)
  --cluster-domain NAME    domain of the cluster's Services (default: cluster.local)
  --output typescript|json (default: typescript)
  --help

Exit code: 0 if nothing is missing, 1 if something is, 2 where input cannot be read or the usage is wrong.
`;

/** Longer lines are nobody's access log. */
const LONGEST = 65_536;

/** Runs the command. Never throws, whatever its input. @returns The exit code */
export async function main(args: string[], terminal: Terminal = PROCESS): Promise<number> {
  return runCommand({ usage: USAGE, parse, run }, args, terminal);
}

async function run({ files, circumstances, json }: Asked, terminal: Terminal): Promise<number> {
  const tally = new Tally();
  const counts = { lines: 0, unread: 0, unknown: 0 };
  for (const file of files) {
    const input = file === '-' ? terminal.stdin() : createReadStream(file, 'utf8');
    for await (const text of createInterface({ input, crlfDelay: Infinity })) {
      if (text.trim() === '') continue;
      counts.lines++;
      const line = text.length > LONGEST ? undefined : readLine(text);
      if (!line) counts.unread++;
      const missing = line && judge(line, circumstances);
      if (missing === UNKNOWN_CALLER) counts.unknown++;
      else if (missing) tally.add(missing);
    }
  }
  terminal.err(`${counts.lines} lines read, ${counts.unread} of them no access log\n`);
  if (counts.unknown > 0) {
    terminal.err(`${counts.unknown} lines do not say whose they are: name the namespace with --namespace\n`);
    return 2;
  }
  terminal.out(json ? toJson(tally) : toTypeScript(tally));
  return tally.isEmpty ? 0 : 1;
}

interface Asked {
  readonly files: string[];
  readonly circumstances: Circumstances;
  readonly json: boolean;
}

function parse(args: string[]): Asked | undefined {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      namespace: text,
      'service-account': text,
      'exit-namespace': { type: 'string', multiple: true },
      'cluster-domain': text,
      output: text,
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return undefined;
  const [command, ...files] = positionals;
  if (command !== 'missing') throw new Error(command === undefined ? 'No command given.' : `Unknown: ${command}`);
  const { output = 'typescript', namespace, 'service-account': serviceAccount } = values;
  if (output !== 'typescript' && output !== 'json') throw new Error(`--output is typescript or json, not ${output}.`);
  const exits = values['exit-namespace'] ?? ['istio-egress'];
  const clusterDomain = values['cluster-domain'] ?? 'cluster.local';
  for (const name of [namespace, serviceAccount, clusterDomain, ...exits]) {
    if (name !== undefined && kubernetesName(name) === undefined) throw new Error(`${name} is no name of Kubernetes.`);
  }
  const circumstances: Circumstances = { namespace, serviceAccount, exits, clusterDomain };
  return { files: files.length > 0 ? files : ['-'], circumstances, json: output === 'json' };
}
