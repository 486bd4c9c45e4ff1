import { ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildParts, installDebianTools } from '../bed/parts';
import { typescript } from '../bed/process';
import { whatItIs } from '../bed/what';

declare global {
  // eslint-disable-next-line no-var
  var bedsOfSuites: ChildProcess[] | undefined;
}

/** Brings up a mesh for each worker. They are removed by `teardown.ts`, or when this process ends in any other way. */
export default async function setup({ maxWorkers }: { maxWorkers: number }): Promise<void> {
  process.stdout.write(`\n${whatItIs()}\n`);
  // Once, before they all want the same.
  await installDebianTools();
  await buildParts();
  globalThis.bedsOfSuites = [];
  await Promise.all(
    Array.from({ length: maxWorkers }, async (_, index) => bringUp(`${process.env.EGRESS_BEDS ?? ''}${index + 1}`)),
  );
}

async function bringUp(bed: string): Promise<void> {
  const [file, ...args] = typescript(join(__dirname, 'bed.ts'));
  const env = { ...process.env, EGRESS_BED: bed };
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'], env });
  globalThis.bedsOfSuites!.push(child);
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`mesh ${bed} did not come up (${code})`)));
  });
}
