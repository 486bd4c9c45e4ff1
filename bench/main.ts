/**
 * Synthesis against plain L1 cdk8s code that emits the five objects per host of Istio's documentation: ratios of medians of
 * interleaved runs, each in a process of its own. Prints a table and writes `bench/results/synthesis.json`.
 * With `--once`, a single run that writes nothing: it shows that the benchmark works, not what it measures.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';

const ONCE = process.argv.includes('--once');
const RUNS = ONCE ? 1 : 9;

interface Comparison {
  readonly title: string;
  readonly hosts: number;
  readonly figure: 'synthesis' | 'process';
  readonly peer: string;
  readonly cases: string[];
  readonly goal: number;
}

const COMPARISONS: Comparison[] = [
  {
    title: '1,000 hosts, from the first construct to the last byte',
    hosts: 1000,
    figure: 'synthesis',
    peer: 'documentation',
    cases: ['a declaration per host', 'one declaration'],
    goal: 1.0,
  },
  {
    title: 'one host, from the start of the process, loading the package',
    hosts: 1,
    figure: 'process',
    peer: 'documentation, one file',
    cases: ['a declaration per host'],
    goal: 1.5,
  },
];

interface Row {
  readonly comparison: string;
  readonly case: string;
  readonly ratio: number;
  readonly goal: number | null;
  readonly medianMs: number;
  readonly spreadMs: [fastest: number, slowest: number];
  readonly kilobytes: number;
  readonly objects: number;
}

function main() {
  const rows = COMPARISONS.flatMap(compare);
  console.table(
    rows.map(({ comparison, case: name, ratio, goal, medianMs, spreadMs, kilobytes, objects }) => ({
      comparison,
      case: name,
      ratio: ratio.toFixed(2),
      goal: goal === null ? 'peer' : `≤ ${goal.toFixed(1)}`,
      'median ms': medianMs.toFixed(0),
      'spread ms': spreadMs.map((ms) => ms.toFixed(0)).join('–'),
      kB: kilobytes.toFixed(0),
      objects,
    })),
  );
  if (ONCE) return;
  const machine = {
    cpu: cpus()[0].model,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  writeFileSync(
    join(__dirname, 'results', 'synthesis.json'),
    `${JSON.stringify({ machine, runs: RUNS, rows }, null, 2)}\n`,
  );
}

function compare({ title, hosts, figure, peer, cases, goal }: Comparison): Row[] {
  const names = [peer, ...cases];
  const measured = new Map(names.map((name) => [name, [] as Run[]]));
  // Interleaved, so that a slow moment of the machine meets every case.
  for (let run = 0; run < RUNS; run++) for (const name of names) measured.get(name)!.push(measure(name, hosts));
  const times = (name: string) =>
    measured
      .get(name)!
      .map((run) => run[figure])
      .sort((a, b) => a - b);
  const median = (name: string) => times(name)[Math.floor(RUNS / 2)];
  return names.map((name) => ({
    comparison: title,
    case: name,
    ratio: median(name) / median(peer),
    goal: name === peer ? null : goal,
    medianMs: median(name),
    spreadMs: [times(name)[0], times(name)[RUNS - 1]],
    kilobytes: measured.get(name)![0].bytes / 1000,
    objects: measured.get(name)![0].objects,
  }));
}

interface Run {
  readonly synthesis: number;
  readonly process: number;
  readonly bytes: number;
  readonly objects: number;
}

function measure(name: string, hosts: number): Run {
  const outdir = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const output = execFileSync(process.execPath, [join(__dirname, 'cases', 'run.js'), name, `${hosts}`, outdir], {
      encoding: 'utf8',
    });
    const yaml = readdirSync(outdir).map((file) => readFileSync(join(outdir, file), 'utf8'));
    const objects = yaml.join('\n').match(/^kind: /gm)?.length ?? 0;
    return { ...JSON.parse(output), bytes: yaml.join('').length, objects };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

main();
