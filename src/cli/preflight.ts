import { text } from 'node:stream/consumers';
import { Command, Given, UsageError } from './command';
import { Terminal, withProgress } from './terminal';
import { ownVersion } from '../engine/binary';
import { readInputs, sizeOf } from '../model/inputs';
import { Accepted, readAccepted, without } from '../preflight/accepted';
import { FINDINGS } from '../preflight/codes';
import { meshConfig } from '../preflight/mesh-config';
import { isRead, preflight } from '../preflight/preflight';
import { Report, toGithub, toJson, toMarkdown, toText } from '../preflight/report';
import { toSarif } from '../preflight/sarif';

/** Which findings fail, by what `--fail-on` says. */
const FAILING = { error: ['error'], warning: ['error', 'warning'], never: [] as string[] };

const OUTPUTS = {
  text: toText,
  json: toJson,
  markdown: toMarkdown,
  github: toGithub,
  sarif: (report: Report) => toSarif(report, ownVersion()),
};

/** So many bytes take some two seconds. */
const LONG = 10_000_000;

/** The command `preflight`. */
export const PREFLIGHT: Command = {
  name: 'preflight',
  summary: 'what in a cluster would break your egress manifests, or be broken by them',
  usage: '--cluster PATH... --ours PATH... [options]',
  about: 'Lists what in a cluster would break your egress manifests, or be broken by them, before you apply them.',
  options: {
    cluster: {
      value: 'PATH',
      about: "the cluster's objects, as kubectl prints them: files, folders, or - for standard input",
      spreads: true,
    },
    ours: { value: 'PATH', about: 'the manifests to apply: files, folders, or - for standard input', spreads: true },
    ignore: { value: 'CODE', about: 'a finding that you accept', many: true },
    config: { value: 'FILE', about: 'a file of findings that you accept, by code and object, each with its reason' },
    output: { value: 'FORMAT', about: 'the form of the report', allowed: Object.keys(OUTPUTS), default: 'text' },
    'fail-on': { value: 'WHAT', about: 'what is exit code 1', allowed: Object.keys(FAILING), default: 'error' },
    'cluster-domain': { value: 'NAME', about: "domain of the cluster's Services", default: 'cluster.local' },
    'root-namespace': {
      value: 'NAME',
      about: "Istio's root namespace; without it, as the mesh says, or istio-system",
    },
    'scoped-gateways': {
      value: 'BOOL',
      about: "whether istiod runs with PILOT_SCOPE_GATEWAY_TO_NAMESPACE=true; without it, as istiod's Deployment says",
      allowed: ['true', 'false'],
    },
    'allow-missing-mesh-config': {
      about: 'take a dump without the mesh configuration (ConfigMap istio), although what depends on it is not checked',
    },
  },
  page: 'preflight.md',
  exits:
    '0 if there is no error; 1 if there is one; 2 where the usage is wrong, or input is missing, is empty or cannot be read.',
  run,
};

async function run(given: Given, terminal: Terminal): Promise<number> {
  const asked = askedBy(given);
  const stdin = await standardInput(asked, terminal);
  const report = await withProgress(
    terminal,
    () => 'the manifests are read and compared',
    async () => reportOn(asked, stdin),
    sizeOf([...asked.cluster, ...asked.ours]) > LONG,
  );
  terminal.out(OUTPUTS[given.text('output') as keyof typeof OUTPUTS](report));
  for (const { code, object } of report.unused) {
    terminal.err(`--config accepts what is not found: ${code}${object ? ` of ${object}` : ''}.\n`);
  }
  // A dump that failed, or a folder that is empty, must not pass for a cluster without problems.
  for (const side of ['cluster', 'ours'] as const) {
    if (report.counts[side] === 0) terminal.err(`--${side}: no objects that this command reads.\n`);
  }
  if (report.lacksMesh) {
    terminal.err(
      '--cluster: no mesh configuration (ConfigMap istio of the root namespace). What depends on it was not checked: what sidecars do ' +
        'with undeclared calls, and which namespaces objects count for. Add it, or say --allow-missing-mesh-config.\n',
    );
  }
  const { cluster, ours } = report.counts;
  if (report.unreadable.length > 0 || cluster === 0 || ours === 0 || report.lacksMesh) return 2;
  const failing = FAILING[given.text('fail-on') as keyof typeof FAILING];
  return report.findings.some(({ severity }) => failing.includes(severity)) ? 1 : 0;
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

interface Outcome extends Report {
  readonly unused: Accepted[];
  readonly lacksMesh: boolean;
}

function reportOn({ cluster, ours, accepted, mesh, mayLackMesh }: Asked, stdin: () => string): Outcome {
  const [theirs, own] = [cluster, ours].map((paths) => readInputs(paths, isRead, stdin));
  const { left, unused } = without(preflight(theirs.manifests, own.manifests, mesh), accepted);
  return {
    findings: left,
    unused,
    unreadable: [...theirs.unreadable, ...own.unreadable],
    counts: {
      cluster: theirs.manifests.length,
      ours: own.manifests.length,
      others: theirs.others.length + own.others.length,
    },
    lacksMesh: !mayLackMesh && meshConfig([...theirs.manifests, ...own.manifests], mesh).configs.length === 0,
  };
}

type Asked = ReturnType<typeof askedBy>;

function askedBy(given: Given) {
  const [cluster, ours, ignore, config] = ['cluster', 'ours', 'ignore', 'config'].map((name) => given.list(name));
  if (given.operands.length > 0) throw new UsageError(`Unknown: ${given.operands.join(' ')}`);
  if (cluster.length === 0 || ours.length === 0) throw new UsageError('Both --cluster and --ours are needed.');
  const unknown = ignore.filter((code) => !Object.hasOwn(FINDINGS, code));
  if (unknown.length > 0) throw new UsageError(`--ignore: there is no code ${unknown.join(', ')}.`);
  return {
    cluster,
    ours,
    accepted: [...config.flatMap(readAccepted), ...ignore.map((code): Accepted => ({ code }))],
    mayLackMesh: given.is('allow-missing-mesh-config'),
    mesh: {
      clusterDomain: given.text('cluster-domain'),
      rootNamespace: given.text('root-namespace'),
      scopedGateways: given.truth('scoped-gateways'),
    },
  };
}
