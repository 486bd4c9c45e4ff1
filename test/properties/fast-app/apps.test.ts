import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { App, AppProps } from 'cdk8s';
import fc from 'fast-check';
import { fill, GivenApp, givenApp } from './apps';
import { FastApp } from '../../../src';

/** `tools/same-files.ts` asks for more. */
const numRuns = Number(process.env.RANDOM_APPS ?? 200);

interface Outcome {
  readonly files: Record<string, string>;
  readonly error?: string;
}

/** What an app of a class writes, or why it does not. */
function outcome(Kind: new (props: AppProps) => App, given: GivenApp): Outcome {
  const outdir = mkdtempSync(join(tmpdir(), 'fast-app-'));
  try {
    const app = new Kind({ ...given.props, outdir });
    try {
      fill(app, given);
    } catch (error) {
      fc.pre(false);
    }
    app.synth();
    return { files: contents(outdir) };
  } catch (error) {
    if (fc.PreconditionFailure.isFailure(error)) throw error;
    return { files: contents(outdir), error: `${error}`.replace(/Maximum call stack.*/s, 'Maximum call stack') };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

function contents(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((file) => join(file.parentPath, file.name));
  return Object.fromEntries(paths.map((path) => [relative(folder, path), readFileSync(path, 'utf8')]));
}

test('any app comes to the same files as with the App of cdk8s, or to the same error', () => {
  const seen = { written: 0, failed: 0 };
  fc.assert(
    fc.property(givenApp, (given) => {
      const expected = outcome(App, given);
      const actual = outcome(FastApp, given);
      if (expected.error === undefined) seen.written++;
      else seen.failed++;
      expect(actual.error).toBe(expected.error);
      if (expected.error === undefined) expect(actual.files).toEqual(expected.files);
    }),
    { numRuns },
  );
  expect(seen.written).toBeGreaterThan(numRuns / 4);
  expect(seen.failed).toBeGreaterThan(numRuns / 50);
});
