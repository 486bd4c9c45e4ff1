import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** Every test file, by the names under which SECURITY.md may name it. */
function testFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder)).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(join(ROOT, path)).isDirectory()) return testFiles(path);
    return /\.(test|e2e)\.ts$/.test(name) ? [path] : [];
  });
}

const files = [...testFiles('test'), ...testFiles('e2e/suites')];
const rows = readFileSync(join(ROOT, 'SECURITY.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
  .map((line) => line.slice(2, -2).split(' | '))
  .filter(([first]) => first !== 'it cannot' && first !== 'condition');
const shown = rows.filter(([first]) => !first.startsWith('**')).map((cells) => [cells[0], cells.at(-1)!]);

test('there is a row for each attacker and more', () => expect(shown.length).toBeGreaterThan(30));

test.each(shown)('%s: a test that exists shows it', (_, cell) => {
  const named = [...cell.matchAll(/`([\w.-]+)`((?: "[^"]+",?)*)/g)].filter(([, name]) => !name.includes(':'));
  expect(named.length).toBeGreaterThan(0);
  for (const [, name, titles] of named) {
    const found = files.filter((file) => basename(file) === name || basename(file) === `${name}.e2e.ts`);
    expect({ name, found }).toEqual({ name, found: [expect.any(String)] });
    const text = readFileSync(join(ROOT, found[0]), 'utf8').replace(/\\'/g, "'");
    for (const [, title] of titles.matchAll(/"([^"]+?)(?: …)?"/g)) expect(text).toContain(title);
  }
});
