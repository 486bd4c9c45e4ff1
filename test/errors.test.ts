import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe as describeProblem, ERROR_CODES } from '../src/errors';

const sources = readdirSync(join(__dirname, '../src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && file !== 'errors.ts')
  .map((file) => readFileSync(join(__dirname, '../src', file), 'utf8'))
  .join('\n');
const tests = readdirSync(__dirname, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts') && file !== 'errors.test.ts')
  .map((file) => readFileSync(join(__dirname, file), 'utf8'))
  .join('\n');
const docs = readFileSync(join(__dirname, '../docs/errors.md'), 'utf8');

test.each(ERROR_CODES)('%s is used, tested and documented', (code) => {
  const found = {
    used: sources.includes(`'${code}'`),
    tested: tests.includes(code),
    documented: docs.includes(`## ${code}\n`),
  };
  expect(found).toEqual({ used: true, tested: true, documented: true });
});

test('documents no code that does not exist', () => {
  const documented = [...docs.matchAll(/^## (.*)$/gm)].map((match) => match[1]);
  expect(documented).toEqual([...ERROR_CODES]);
});

test('says where, what was given, what is allowed and the fix, each on one line', () => {
  const text = describeProblem('HostSyntax', 'payments/Stripe', {
    what: 'the host is wrong',
    given: 'a\nb',
    allowed: 'a name',
    fix: 'write one',
  });
  expect(text.split('\n')).toEqual([
    '[HostSyntax] payments/Stripe: the host is wrong.',
    '  given: "a\\nb"',
    '  allowed: a name',
    '  fix: write one',
  ]);
});

test('cuts values that are too long to read', () => {
  expect(describeProblem('HostSyntax', 'x', { what: 'w', given: 'a'.repeat(5000), fix: 'f' }).length).toBeLessThan(300);
});
