import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DIST, EXAMPLES, INSTALL, synthesize } from '../../tools/examples';

const FOLDER = resolve(__dirname, '../../examples');

/** The text of every file of a folder, by name. */
function contents(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  return Object.fromEntries(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
}

test.each(EXAMPLES)('dist/%s is what the example synthesizes', (example) => {
  const outdir = mkdtempSync(join(tmpdir(), 'egress-'));
  const installDir = mkdtempSync(join(tmpdir(), 'egress-'));
  expect(synthesize(example, outdir, installDir)).toContain('→');
  expect(contents(installDir)).toEqual(contents(join(INSTALL, example)));
  expect(contents(outdir)).toEqual(contents(join(DIST, example)));
});

test('dist holds nothing else', () => {
  expect(readdirSync(DIST).sort()).toEqual(EXAMPLES);
});

test.each(EXAMPLES)('%s is tested and explained', (example) => {
  const files = readdirSync(join(FOLDER, example));
  expect(files).toContain('README.md');
  expect(files.some((file) => file.endsWith('.test.ts'))).toBe(true);
});
