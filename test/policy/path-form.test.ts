import fc from 'fast-check';
import { hasOneSpelling, isUnambiguousPath, UNAMBIGUOUS_PATH } from '../../src/policy/path-form';

/** What servers do to a path before they look at it: each by itself, and as often as it changes anything. */
const READERS: ((path: string) => string)[] = [
  (path) => path.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))),
  (path) => path.replace(/%u00([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))),
  (path) => path.replace(/\\/g, '/'),
  (path) => path.replace(/;[^/]*/g, ''),
  (path) => path.replace(/\/{2,}/g, '/'),
  (path) => path.split('\0')[0],
  (path) => path.split(/[?#]/)[0],
  (path) => path.replace(/[. ]+(?=\/|$)/g, (end) => (end.includes('..') ? '..' : '')),
  (path) => new URL(`http://a${path.startsWith('/') ? path : `/${path}`}`).pathname,
];

/** The segments that some server may see. */
function readings(path: string): Set<string> {
  const all = new Set([path]);
  for (let round = 0; round < 3; round++) {
    for (const known of [...all]) for (const read of READERS) all.add(read(known));
  }
  return new Set([...all].map((text) => text.split('/').length.toString()));
}

const piece = fc.constantFrom('a', 'B', '1', '.', '..', '/', '//', '%2f', '%2F', '%5c', '%2e', '%2E', '%25', '%3b', ';', '\\', '%00', '%u002f', '%c0%af', '%', '%41', '%C3%BC', '%20', '?', '#', ':', '~', '-'); // prettier-ignore
const path = fc.array(piece, { maxLength: 8 }).map((pieces) => `/${pieces.join('')}`);

test('what is routed has the same segments for every reader', () => {
  let routed = 0;
  fc.assert(
    fc.property(path, (text) => {
      if (!isUnambiguousPath(text)) return;
      routed++;
      expect([...readings(text)]).toEqual([`${text.split('/').length}`]);
    }),
    { numRuns: 20_000 },
  );
  expect(routed).toBeGreaterThan(1000);
});

test.each([
  '/',
  '/v1/charges',
  '/v1/charges/',
  '/pkg.Service/Method',
  '/.well-known/x',
  '/a..b/c.',
  '/x:cancel',
  '/jane%40example.com',
  '/%C3%BC/%e2%82%ac',
  '/a%20b',
  '/wiki/Washington,%20D.C./%20x/a%20',
  "/it's/(a)+b=c,d&e!$*[0]",
])('%s is read by all as it stands', (text) => expect(isUnambiguousPath(text)).toBe(true));

test.each([
  '',
  'a',
  '*',
  '//',
  '/a//b',
  '/..',
  '/a/./b',
  '/a/..',
  '/...',
  '/a/..%20',
  '/a/..%20/b',
  '/.%20./b',
  '/%20..',
  '/%20/b',
  '/..%09/b',
  '/..;/b',
  '/..%3b/b',
  '/..%a0/b',
  '/a;b',
  '/a\\b',
  '/%2f',
  '/%5C',
  '/%2e%2e',
  '/%25',
  '/%00',
  '/%1f',
  '/%7f',
  '/%3B',
  '/%3f',
  '/%23',
  '/%61',
  '/%7E',
  '/%c0%af',
  '/%e0%80%af',
  '/%f0%80%80%af',
  '/%C3',
  '/%',
  '/%zz',
  '/a b',
  '/ü',
  '/a?b',
  '/a#b',
  '/{a}',
  '/"',
])('%s may be read in two ways', (text) => expect(isUnambiguousPath(text)).toBe(false));

test('some paths have several spellings nevertheless', () => {
  expect(hasOneSpelling('/a-b/C_9.~')).toBe(true);
  for (const text of ['/a:b', '/%C3%BC', '/@', '/a+b']) expect(hasOneSpelling(text)).toBe(false);
});

test('Istio takes the expression: it has a limit for them', () => {
  expect(UNAMBIGUOUS_PATH.length).toBeLessThan(1024);
});
