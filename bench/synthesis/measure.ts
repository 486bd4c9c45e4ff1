import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Case } from './cases';
import { which } from '../../e2e/bed/parts/debian';

/** Of an object in YAML, or in JSON as jsonnet indents it. */
const TOP_LEVEL_KIND = /^(?:kind| {3}"kind"): /gm;

/** What one run took, and what it made. */
export interface Run {
  readonly seconds: number;
  /** The largest resident set. */
  readonly mebibytes: number;
  readonly bytes: number;
  readonly objects: number;
}

/** Runs a case in a directory that is prepared for it, in a process of its own. */
export function measure({ name, command }: Case, directory: string): Run {
  const out = join(directory, 'out');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out);
  const printed = openSync(join(out, 'printed.yaml'), 'w');
  const peak = join(directory, 'peak');
  const begin = performance.now();
  const { status, stderr } = spawnSync(which('time')!, ['-f', '%M', '-o', peak, ...command(directory)], {
    cwd: directory,
    stdio: ['ignore', printed, 'pipe'],
    encoding: 'utf8',
    timeout: 600_000,
  });
  const seconds = (performance.now() - begin) / 1000;
  closeSync(printed);
  if (status !== 0) throw new Error(`${name} failed (${status}):\n${stderr.slice(0, 2000)}`);
  const made = emitted(directory);
  return {
    seconds,
    mebibytes: Number(readFileSync(peak, 'utf8')) / 1024,
    bytes: made.length,
    objects: made.match(TOP_LEVEL_KIND)?.length ?? 0,
  };
}

/** What a run made, as one text. */
export function emitted(directory: string): string {
  const out = join(directory, 'out');
  return readdirSync(out)
    .map((file) => readFileSync(join(out, file), 'utf8'))
    .join('---\n');
}
