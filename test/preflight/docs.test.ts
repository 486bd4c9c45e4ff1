import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FINDINGS } from '../../src/preflight/codes';
import { RULES } from '../../src/preflight/rules';

const files = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/^(codes|docs\.test)\.ts$/.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
const sources = files(join(__dirname, '../../src/preflight')).join('\n');
const tests = files(__dirname).join('\n');

const codes = Object.keys(FINDINGS);

test.each(codes)('%s is used and tested', (code) => {
  expect(sources).toContain(`'${code}'`);
  expect(tests).toContain(code);
});

test('codes are in order', () => expect(codes).toEqual([...codes].sort()));

test('every rule is in the list, and says why it is there', () => {
  const folder = join(__dirname, '../../src/preflight/rules');
  const rules = readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .filter((text) => /: Iterable<Finding> \{\n/.test(text) && /^export function\* /m.test(text));
  expect(rules).toHaveLength(RULES.length);
  for (const text of rules) expect(text).toMatch(/\*\/\nexport function\* /);
});
