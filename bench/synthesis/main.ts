/** Synthesis beside what people use instead: time, peak memory, bytes and objects. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Case, casesWith, MIXED, PER_HOST } from './cases';
import { difference } from './equal';
import { input, writeInput } from './input';
import { emitted, measure, Run } from './measure';
import { Measured, summary } from './summary';
import { installDebianTools } from '../../e2e/bed/parts';
import { Part, withoutLibrary } from '../part';
import { writeResults } from '../results';
import { peers, versions } from './peers';

/** How many runs a number of hosts gets. */
const ROUNDS: Record<number, number> = { 1: 9, 100: 5, 1000: 5, 10_000: 3 };
const NAMESPACES = [1, 10, 100];

export const synthesis: Part = {
  missing: () => {
    if (process.platform !== 'linux') return 'peak memory is read with GNU time of Debian';
    return withoutLibrary();
  },
  run: async (once) => {
    await installDebianTools({ time: 'time' });
    const workspace = mkdtempSync(join(tmpdir(), 'bench-'));
    try {
      const cases = casesWith(await peers());
      checkEqual(cases, workspace);
      const measured = once ? scenario([...cases, MIXED], 100, 10, 1, workspace) : everything(cases, workspace);
      const { data, tables } = summary(measured);
      console.log(tables);
      if (!once) writeResults('synthesis', { data: { peers: versions(), ...data }, tables });
    } finally {
      rmSync(workspace, { recursive: true });
    }
  },
};

function everything(cases: Case[], workspace: string): Measured[] {
  return Object.entries(ROUNDS).flatMap(([hosts, rounds]) =>
    NAMESPACES.filter((namespaces) => namespaces <= Number(hosts)).flatMap((namespaces) =>
      scenario([...cases, MIXED], Number(hosts), namespaces, rounds, workspace),
    ),
  );
}

/** All cases with so many hosts, in turn, so that a slow moment of the machine meets every one. */
function scenario(cases: Case[], hosts: number, namespaces: number, rounds: number, workspace: string): Measured[] {
  const asked = cases.filter(
    ({ atMost, inOneNamespace }) => hosts < atMost || (hosts === atMost && (namespaces === 1 || !inOneNamespace)),
  );
  const directories = asked.map((one) => prepare(one, hosts, namespaces, workspace));
  const runs = asked.map((): Run[] => []);
  for (let round = 0; round < rounds; round++) {
    asked.forEach((one, index) => runs[index].push(measure(one, directories[index])));
    console.error(`${hosts} hosts in ${namespaces} namespaces: round ${round + 1} of ${rounds}`);
  }
  for (const directory of directories) rmSync(directory, { recursive: true });
  return asked.map(({ name }, index) => ({ case: name, hosts, namespaces, runs: runs[index] }));
}

function prepare(one: Case, hosts: number, namespaces: number, workspace: string): string {
  const directory = mkdtempSync(join(workspace, 'case-'));
  const declared = input(hosts, namespaces);
  writeInput(directory, declared);
  execFileSync(process.execPath, [join(__dirname, 'cases/node/exit.js'), directory]);
  one.prepare?.(directory, declared);
  return directory;
}

/** Nobody compares what is not the same. */
function checkEqual(cases: Case[], workspace: string): void {
  const outputs = new Map(
    cases.map((one) => {
      const directory = prepare(one, 7, 3, workspace);
      measure(one, directory);
      return [one, emitted(directory)];
    }),
  );
  const expected = [...outputs].find(([{ name }]) => name === PER_HOST)![1];
  for (const [{ name, emits }, output] of outputs) {
    const found = emits === 'per host' ? difference(output, expected) : undefined;
    if (found) throw new Error(`${name} does not emit what this library does: ${found}`);
  }
  console.error(
    `equal, object by object: ${cases.filter(({ emits }) => emits === 'per host').map(({ name }) => name)}`,
  );
}
