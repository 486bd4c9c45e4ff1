import fc from 'fast-check';
import { servedPath } from '../../src/publish/served-paths';

const isServed = (served: string, path: string) => new RegExp(`^(?:${servedPath(served)})$`).test(path);

test.each([
  ['/status', '/status', true],
  ['/status', '/status/', true],
  ['/status', '/status/418', true],
  ['/status', '/status/a.b/c...d/~me', true],
  ['/status', '/status/a%20b,c=d@e:f', true],
  ['/status', '/status/gr%C3%BC%C3%9F', true],
  ['/status', '/statusx', false],
  ['/status', '/Status', false],
  ['/status', '/status//get', false],
  ['/status', '/status/./get', false],
  ['/status', '/status/../get', false],
  ['/status', '/status/..%2fget', false],
  ['/status', '/status/..%2Fget', false],
  ['/status', '/status/%2e%2E/get', false],
  ['/status', '/status/..%5cget', false],
  ['/status', '/status/..\\get', false],
  ['/status', '/status/..%252fget', false],
  ['/status', '/status/..;/get', false],
  ['/status', '/status/..%c0%afget', false],
  ['/status', '/status/..%e0%80%afget', false],
  ['/status', '/status/a%00', false],
  ['/status', '/status%2f..%2fget', false],
  ['/status', '/status/a%3f/..', false],
  ['/a.b', '/a.b/c', true],
  ['/a.b', '/axb', false],
  ['/', '/anything/at/all', true],
  ['/', '/', true],
  ['/', '//get', false],
])('%s serves %s: %s', (served, path, expected) => {
  expect(isServed(served, path)).toBe(expected);
});

test('a long path leaves room for what Istio takes as a regular expression', () => {
  expect(servedPath(`/${'a'.repeat(250)}`).length).toBeLessThanOrEqual(1024);
});

/** How servers read a path, each in its own way. */
const READERS: Record<string, (path: string) => string> = {
  'as it is': (path) => path,
  'decoded once': decode,
  'decoded twice': (path) => decode(decode(path)),
  'decoded, backslashes for slashes': (path) => decode(path).replace(/\\/g, '/'),
  'without parameters': (path) => path.replace(/;[^/]*/g, ''),
  'decoded, without parameters': (path) => decode(path).replace(/;[^/]*/g, ''),
  'decoded, up to a query or fragment': (path) => decode(path).replace(/[?#].*$/s, ''),
  'decoded, up to NUL': (path) => decode(path).replace(/\0.*$/s, ''),
};

/** Without checking UTF-8: what is longer than need be comes out as the character that it stands for. */
function decode(path: string): string {
  return path
    .replace(/%[cC]([01])%([89abAB])([0-9a-f])/gi, (_, a, b, c) =>
      String.fromCharCode(parseInt(a, 16) * 64 + (parseInt(b + c, 16) % 64)),
    )
    .replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
}

/** The path with its steps taken, and slashes merged. */
function walk(path: string): string {
  const way: string[] = [];
  for (const segment of path.split('/').filter((part) => part !== '' && part !== '.')) {
    if (segment === '..') way.pop();
    else way.push(segment);
  }
  return `/${way.join('/')}`;
}

const atom = fc.constantFrom(
  ...[
    '/',
    '/',
    '.',
    '..',
    '\\',
    ';',
    '?',
    '#',
    '%',
    '%2f',
    '%2F',
    '%5c',
    '%2e',
    '%2E',
    '%25',
    '%3b',
    '%3f',
    '%23',
    '%00',
  ],
  ...[
    '%c0%af',
    '%C0%AE',
    '%e0%80%af',
    '%20',
    '%41',
    '%C3%BC',
    '2f',
    '2e',
    'status',
    'get',
    'a',
    ':',
    '@',
    '~',
    '+',
    '=',
  ],
);

test('what is served is below the path, however the server reads it', () => {
  const tail = fc.array(atom, { maxLength: 8 }).map((atoms) => atoms.join(''));
  let served = 0;
  fc.assert(
    fc.property(tail, (rest) => {
      const path = `/status${rest}`;
      if (!isServed('/status', path)) return;
      served++;
      for (const [how, read] of Object.entries(READERS)) {
        const seen = walk(read(path));
        if (seen !== '/status' && !seen.startsWith('/status/')) throw new Error(`${path}, ${how}: ${seen}`);
      }
    }),
    { numRuns: 20_000 },
  );
  expect(served).toBeGreaterThan(200);
});
