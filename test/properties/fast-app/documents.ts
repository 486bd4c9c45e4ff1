import fc from 'fast-check';

/** Random documents: scalars that YAML writes in a form of their own are most of what they hold. */

/** What YAML 1.1 reads as another type, where an indicator stands, and what neighbours it. */
const WORDS = [
  ...['y', 'n', 'Y', 'N', 'yes', 'No', 'on', 'OFF', 'true', 'False', 'null', 'Null', '~', ''],
  ...['e5', 'E-10', 'e+3', 'e5x', '1e5', '0x1f', '0o17', '017', '0775', '0b101', '1_000', '.5', '5.', '-1', '+1'],
  ...['1:30', '12:30:45', '190:20:30', '2001-01-01', '2001-12-14t21:59:43.10-05:00', '.inf', '-.INF', '.nan'],
  ...['-', '?', '- a', '? a', '-a', '?a', ':a', 'a:', 'a:b:', 'a: b', 'a :b', 'a #b', 'a#b', '#a', '&a', '*a', '!a'],
  ...['|', '>', '%a', '@a', '`a', '"a"', "'a'", "it's", 'a"b', `"'`, '[a]', '{a}', 'a,b', '= ', '=', '<<', 'a?', 'a!'],
  ...[' ', '  a', 'a ', 'a  b', 'a -b', '\ta', 'a\tb', 'a:\tb', 'a\nb', 'a\n', '\na', 'a\n\nb\n', '\n', ' \n ', 'a\r'],
  ...['---', '--- a', '---a', '...', '...a', '%', '%PROTOCOL%', '[%START_TIME%] x\n', 'a\n---\nb'],
  ...[
    'a/b',
    'api.example.com:80',
    '*.example.com',
    'spiffe://a/ns/b',
    '10.0.0.0/8',
    '::1',
    'fe80::1',
    '5432',
    '_',
    '_1',
  ],
  ...[
    '(?i)a\\.b(:80)?',
    '(a)',
    ')',
    '^a',
    '$1',
    '/a: b',
    '$: ',
    '(a #b',
    'request.auth.claims[x]',
    'key: {x}',
    'C:\\x',
  ],
  ...['é', '日本', '\u0085', '\u00a0x', '\u2028', '\ud83d\ude00', '\ud800', '\u0007', 'a\u0000', '\ufeff', '\u007f'],
  ...['x'.repeat(1100), 'long word '.repeat(130), 'x'.repeat(200) + ' y '.repeat(50)],
  ...['toJSON', 'constructor', 'resolve', '10', '9'],
];

export const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...WORDS) },
  fc.string({ unit: fc.constantFrom(...'abEeyYnN015 :#-?.,[]{}&*!|>\'"%@`~=<\n\t/_+()\\^$é'), maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
);

const number = fc.oneof(
  fc.constantFrom(0, -0, 1, -1, 80, 1.5, 1e21, 1e-7, -1e300, 2 ** 53, NaN, Infinity, -Infinity),
  fc.double(),
);

const scalar = fc.oneof({ weight: 6, arbitrary: text }, { weight: 2, arbitrary: number }, fc.boolean());

const hidden = Object.defineProperty({ a: 1 }, 'toJSON', { value: () => 'b' });
const iterable = { [Symbol.iterator]: () => ['a'][Symbol.iterator]() };

/** What no manifest should hold. */
export const odd = fc.oneof(
  fc.constantFrom<any>(null, undefined, 5n, () => 5, new Date(0), new Map([['a', 1]]), Symbol('a'), /a/),
  fc.constantFrom<any>(hidden, iterable, Object.create(hidden), Object.create(null), new String('a')),
);

/** Most hold nothing odd: otherwise all would be left to cdk8s as a whole. */
const key = fc.oneof({ weight: 3, arbitrary: fc.stringMatching(/^[a-z][a-zA-Z/.-]{0,8}$/) }, text);

/** A tree of maps and lists, each at one place. */
export const { tree } = fc.letrec<{ tree: unknown; value: unknown }>((tie) => ({
  tree: fc.dictionary(key, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  value: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    { weight: 4, arbitrary: scalar },
    { weight: 2, arbitrary: tie('tree') },
    { weight: 2, arbitrary: fc.array(tie('value'), { maxLength: 4 }) },
  ),
})) as { tree: fc.Arbitrary<Record<string, unknown>> };

/** A tree with something odd in it: at two places, or of no plain kind. */
export const oddTree = fc
  .tuple(tree, tree, fc.oneof(odd, tree, fc.array(scalar)))
  .map(([around, inner, value]) => ({ ...around, inner: { ...inner, a: value, b: [value, value] } }));
