import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { PROCESS, runCommand, Terminal } from './terminal';
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

/** Runs the command. Never throws, whatever its input. @returns The exit code */
export async function main(args: string[], terminal: Terminal = PROCESS): Promise<number> {
  return runCommand({ usage: USAGE, parse, run }, args, terminal);
}

async function run(asked: Asked, terminal: Terminal): Promise<number> {
  const report = reportOn(asked, await standardInput(asked, terminal));
  terminal.out(asked.json ? toJson(report) : toText(report));
  // A dump that failed, or a folder that is empty, must not pass for a cluster without problems.
  for (const side of ['cluster', 'ours'] as const) {
    if (report.counts[side] === 0) terminal.err(`--${side}: no objects that this command reads.\n`);
  }
  if (report.unreadable.length > 0 || report.counts.cluster === 0 || report.counts.ours === 0) return 2;
  return report.findings.some(({ severity }) => severity === 'error') ? 1 : 0;
}

/** What standard input holds, if it is read; what cannot be read is reported with the other inputs. */
async function standardInput({ cluster, ours }: Asked, terminal: Terminal): Promise<() => string> {
  if (![...cluster, ...ours].includes('-')) return () => '';
  try {
    const content = await text(terminal.stdin());
    return () => content;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

function reportOn({ cluster, ours, ignored, mesh }: Asked, stdin: () => string): Report {
  const [theirs, own] = [cluster, ours].map((paths) => readInputs(paths, isRead, stdin));
  return {
    findings: preflight(theirs.manifests, own.manifests, mesh).filter(({ code }) => !ignored.includes(code)),
    unreadable: [...theirs.unreadable, ...own.unreadable],
    counts: {
      cluster: theirs.manifests.length,
      ours: own.manifests.length,
      others: theirs.others + own.others,
    },
  };
}

type Asked = NonNullable<ReturnType<typeof parse>>;

function parse(args: string[]) {
  const one = { type: 'string' } as const;
  const list = { type: 'string', multiple: true } as const;
  const { values, positionals } = parseArgs({
    args: spread(args, ['--cluster', '--ours']),
    allowPositionals: true,
    options: {
      ...{ cluster: list, ours: list, ignore: list, output: one, 'cluster-domain': one, 'root-namespace': one },
      ...{ 'scoped-gateways': one, help: { type: 'boolean', short: 'h' } },
    },
  });
  if (values.help) return undefined;
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
