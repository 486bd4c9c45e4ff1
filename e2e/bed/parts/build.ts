import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Builds a cache entry once. The work happens beside it and is renamed at the end, so an interrupted build is never
 * mistaken for a complete one.
 */
export async function once(entry: string, what: string, build: (directory: string) => Promise<void>): Promise<string> {
  if (existsSync(entry)) return entry;
  const partial = `${entry}.partial-${process.pid}`;
  mkdirSync(dirname(entry), { recursive: true });
  // What a process that is gone has left half built, nobody ends.
  for (const name of readdirSync(dirname(entry))) {
    const [, builder] = name.split(`${basename(entry)}.partial-`);
    if (builder !== undefined && !isRunning(Number(builder))) rmSync(join(dirname(entry), name), { recursive: true });
  }
  mkdirSync(partial);
  const start = Date.now();
  process.stderr.write(`building ${what} …\n`);
  try {
    await build(partial);
    if (!existsSync(entry)) renameSync(partial, entry); // else another process was quicker
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  process.stderr.write(`built ${what} in ${Math.round((Date.now() - start) / 1000)} s\n`);
  return entry;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
