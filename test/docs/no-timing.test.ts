import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** What reads a clock. Time is measured by `npm run bench`: a test that asserts it fails on a busy machine. */
const CLOCK = /performance\.now|process\.hrtime|console\.time|Date\.now/;

const tests = ['test', 'examples'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts') && !file.endsWith('no-timing.test.ts'))
    .map((file) => join(folder, file)),
);

test('no test measures time', () => {
  expect(tests.length).toBeGreaterThan(50);
  expect(tests.filter((file) => CLOCK.test(readFileSync(join(ROOT, file), 'utf8')))).toEqual([]);
});
