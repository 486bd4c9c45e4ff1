import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { FINDINGS } from '../preflight/codes';
import { Code } from '../preflight/finding';
import { readInputs } from '../preflight/inputs';
import { isRead, preflight } from '../preflight/preflight';
import { Report, toJson, toText } from '../preflight/report';

const USAGE = `Usage: cdk8s-istio-egress preflight --cluster PATH... --ours PATH... [options]

Lists what in a cluster would break your egress manifests, or be broken by them, before you apply them.

  --cluster PATH           the cluster's objects, as kubectl prints them: a file, a folder, or - for standard input
  --ours PATH              the manifests to apply: a file, a folder, or - for standard input
  --ignore CODE            a finding that you accept; can be given several times
  --output text|json       (default: text)
  --cluster-domain NAME    domain of the cluster's Services (default: cluster.local)
  --root-namespace NAME    Istio's root namespace (default: what the mesh says, or istio-system)
  --scoped-gateways BOOL   whether istiod runs with PILOT_SCOPE_GATEWAY_TO_NAMESPACE=true (default: what istiod's
                           Deployment says)
  --help

Exit code: 0 without errors, 1 with findings that are errors, 2 where input cannot be read, is empty, or the usage is wrong.
Another command, missing, reads access logs: cdk8s-istio-egress missing --help
All codes: https://github.com/cdk8s-istio-egress/cdk8s-istio-egress/blob/main/docs/preflight.md
`;

/** Where the command writes to, and reads standard input from. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly stdin: () => string;
}

const PROCESS: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  stdin: () => readFileSync(0, 'utf8'),
};

/** Runs the command. Never throws, whatever its input. @returns The exit code */
export function main(args: string[], terminal: Terminal = PROCESS): number {
  let asked: Asked;
  try {
    asked = parse(args);
  } catch (error) {
    terminal.err(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  if (asked === 'help') {
    terminal.out(USAGE);
    return 0;
  }
  const { report, json } = run(asked, terminal);
  terminal.out(json ? toJson(report) : toText(report));
  // A dump that failed, or a folder that is empty, must not pass for a cluster without problems.
  for (const side of ['cluster', 'ours'] as const) {
    if (report.counts[side] === 0) terminal.err(`--${side}: no objects that this command reads.\n`);
  }
  if (report.unreadable.length > 0 || report.counts.cluster === 0 || report.counts.ours === 0) return 2;
  return report.findings.some(({ severity }) => severity === 'error') ? 1 : 0;
}

function run(asked: Exclude<Asked, 'help'>, terminal: Terminal): { report: Report; json: boolean } {
  let stdin: string | undefined;
  const read = (paths: string[]) => readInputs(paths, isRead, () => (stdin ??= terminal.stdin()));
  const cluster = read(asked.cluster);
  const ours = read(asked.ours);
  const findings = preflight(cluster.manifests, ours.manifests, asked.mesh).filter(
    ({ code }) => !asked.ignored.includes(code),
  );
  const report = {
    findings,
    unreadable: [...cluster.unreadable, ...ours.unreadable],
    counts: {
      cluster: cluster.manifests.length,
      ours: ours.manifests.length,
      others: cluster.others + ours.others,
    },
  };
  return { report, json: asked.json };
}

type Asked = ReturnType<typeof parse>;

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  const list = { type: 'string', multiple: true } as const;
  const { values, positionals } = parseArgs({
    args: spread(args, ['--cluster', '--ours']),
    allowPositionals: true,
    options: {
      ...{ cluster: list, ours: list, ignore: list, output: text, 'cluster-domain': text, 'root-namespace': text },
      ...{ 'scoped-gateways': text, help: { type: 'boolean', short: 'h' } },
    },
  });
  if (values.help) return 'help' as const;
  if (positionals[0] !== 'preflight' || positionals.length > 1) {
    throw new Error(positionals.length === 0 ? 'No command given.' : `Unknown: ${positionals.join(' ')}`);
  }
  const { cluster = [], ours = [], output = 'text', ignore = [] } = values;
  if (cluster.length === 0 || ours.length === 0) throw new Error('Both --cluster and --ours are needed.');
  if (output !== 'text' && output !== 'json') throw new Error(`--output is text or json, not ${output}.`);
  const scoped = values['scoped-gateways'];
  if (scoped !== undefined && scoped !== 'true' && scoped !== 'false') {
    throw new Error(`--scoped-gateways is true or false, not ${scoped}.`);
  }
  const unknown = ignore.filter((code) => !Object.hasOwn(FINDINGS, code));
  if (unknown.length > 0) throw new Error(`--ignore: there is no code ${unknown.join(', ')}.`);
  return {
    cluster,
    ours,
    ignored: ignore as Code[],
    json: output === 'json',
    mesh: {
      clusterDomain: values['cluster-domain'],
      rootNamespace: values['root-namespace'],
      scopedGateways: scoped === undefined ? undefined : scoped === 'true',
    },
  };
}

/** Lets an option have several values, as a shell's `*.yaml` makes them: `--cluster a b` is `--cluster a --cluster b`. */
function spread(args: string[], options: string[]): string[] {
  let current: string | undefined;
  return args.flatMap((arg, index) => {
    if (arg.startsWith('-') && arg !== '-') {
      current = options.includes(arg) ? arg : undefined;
      return [arg];
    }
    const follows = current !== undefined && args[index - 1] !== current;
    return follows ? [current!, arg] : [arg];
  });
}
