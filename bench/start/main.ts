/** What a process pays before its first host: for loading cdk8s and this package, and for one declaration. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Case, Measured, Run } from './measured';
import { summary } from './summary';
import { Part, withoutLibrary } from '../part';
import { writeResults } from '../results';
import { DOCUMENTATION, PER_HOST, withFastApp } from '../synthesis/cases';
import { input, writeInput } from '../synthesis/input';

const ROOT = resolve(__dirname, '../..');
const ROUNDS = 41;

export const start: Part = {
  missing: withoutLibrary,
  run: async (once) => {
    const directory = mkdtempSync(join(tmpdir(), 'bench-'));
    try {
      writeInput(directory, input(1, 1));
      const results = summary(everything(casesIn(directory), once ? 1 : ROUNDS));
      console.log(results.tables);
      if (!once) writeResults('start', results);
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
};

function casesIn(directory: string): Case[] {
  const script = (text: string) => ['--eval', text];
  const module = (text: string) => ['--input-type=module', '--eval', text];
  const synthesis = (which: string, app: string) => [
    join(__dirname, '../synthesis/cases/node/run.js'),
    which,
    directory,
    app,
  ];
  const [required, imported] = ['cdk8s', 'cdk8s, as an ES module'];
  const one = { peer: DOCUMENTATION, atMostRatio: 1.2 };
  return [
    { name: required, args: script('require("cdk8s")') },
    { name: 'and this library', args: script('require("cdk8s"); require(".")'), peer: required, atMostMore: 10 },
    { name: imported, args: module('import "cdk8s"') },
    {
      name: 'and this library, as an ES module',
      args: module('import "cdk8s"; import "./lib/src/index.js"'),
      peer: imported,
    },
    { name: DOCUMENTATION, args: synthesis('documentation', 'App') },
    { name: PER_HOST, args: synthesis('a declaration per host', 'App'), ...one },
    { name: withFastApp(PER_HOST), args: synthesis('a declaration per host', 'FastApp'), ...one },
  ];
}

/** All cases in turn, in every other round backwards. */
function everything(cases: Case[], rounds: number): Measured[] {
  const measured: Measured[] = cases.map((one) => ({ ...one, runs: [] }));
  for (let round = 0; round < rounds; round++) {
    for (const one of round % 2 ? [...measured].reverse() : measured) one.runs.push(run(one));
  }
  return measured;
}

function run({ name, args }: Case): Run {
  const begin = performance.now();
  const { status, stderr, output } = spawnSync(process.execPath, ['--require', join(__dirname, 'work.js'), ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  const time = performance.now() - begin;
  if (status !== 0) throw new Error(`${name} failed (${status}):\n${stderr.slice(0, 2000)}`);
  return { time, work: Number(output[3]) / 1000 };
}
