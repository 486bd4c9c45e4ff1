import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Testing } from 'cdk8s';
import { ERRORS } from '../src/error-codes';
import { describe as describeProblem } from '../src/errors';

const circular: Record<string, unknown> = { a: 1 };

const sources = readdirSync(join(__dirname, '../src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && file !== 'error-codes.ts')
  .map((file) => readFileSync(join(__dirname, '../src', file), 'utf8'))
  .join('\n');
const tests = readdirSync(__dirname, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts') && file !== 'errors.test.ts')
  .map((file) => readFileSync(join(__dirname, file), 'utf8'))
  .join('\n');
const codes = Object.keys(ERRORS);

test.each(codes)('%s is used and tested', (code) => {
  expect({ used: sources.includes(`'${code}'`), tested: tests.includes(code) }).toEqual({ used: true, tested: true });
});

test('codes are in order', () => expect(codes).toEqual([...codes].sort()));

test('no app loads what its reader alone needs', () => {
  jest.isolateModules(() => {
    const loaded = jest.fn(() => ({}));
    jest.doMock('../src/error-codes', loaded);
    expect(require('../src')).toHaveProperty('Egress'); // eslint-disable-line @typescript-eslint/no-require-imports
    expect(loaded).not.toHaveBeenCalled();
  });
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

test.each<[string, unknown, string]>([
  ['a construct, which knows its parent', Testing.chart(), 'the construct "test"'],
  [
    'a value within itself',
    Object.assign(circular, { self: circular }),
    '{"a":1,"self":{"a":1,"self":{"a":1,"self":{…}}}}',
  ],
  ['a large number', 5n, '5'],
  ['a symbol', Symbol('x'), 'a symbol'],
  ['a function', () => 'x', 'a function'],
  ['what cannot be read', { get a() { throw new Error('no'); } }, 'a value that cannot be read'], // prettier-ignore
  ['what no JSON is made of', { toJSON: () => { throw new Error('no'); }, a: undefined, b: NaN }, '{"toJSON":a function,"b":NaN}'], // prettier-ignore
  ['a proxy', new Proxy({}, { get: () => { throw new Error('no'); } }), 'a value that cannot be read'], // prettier-ignore
  ['nothing', undefined, 'undefined'],
])('prints %s', (_, given, printed) => {
  expect(describeProblem('HostSyntax', 'x', { what: 'w', given, fix: 'f' })).toContain(`\n  given: ${printed}\n`);
});

test('prints little of what is large', () => {
  const given = Array.from({ length: 100_000 }, () => Array.from({ length: 50 }, () => 'a'.repeat(1000)));
  expect(describeProblem('HostSyntax', 'x', { what: 'w', given, fix: 'f' }).length).toBeLessThan(300);
});
