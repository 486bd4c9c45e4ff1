import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A part of the benchmarks, which `bench/main.ts` runs by its name. */
export interface Part {
  /** Why this machine cannot run it; undefined if it can. */
  readonly missing?: () => string | undefined;

  /**
   * Measures, prints a table, and writes `bench/results`.
   * @param once A single small run that writes nothing: it shows that the benchmark works, not what it measures
   */
  readonly run: (once: boolean) => Promise<void>;
}

/** Why this machine cannot run parts that measure on the test bed. */
export const withoutTestBed = () =>
  process.platform === 'linux' && process.getuid?.() === 0
    ? undefined
    : 'the test bed makes network namespaces: it needs Linux and root';

/** Why this machine cannot run parts that load the package. */
export const withoutLibrary = () =>
  existsSync(join(__dirname, '../lib/src')) ? undefined : 'the library is not compiled: npx projen compile';
