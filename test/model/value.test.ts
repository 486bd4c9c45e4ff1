import { Value } from '../../src/model/value';

const value = new Value({ a: { b: ['x', 1, true, null, {}] }, n: '80', t: 'text', e: {}, z: null });

test('answers what is there', () => {
  expect(value.at('a', 'b').texts).toEqual(['x', '1', 'true']);
  expect(value.at('a', 'b').items).toHaveLength(5);
  expect(value.at('n').number).toBe(80);
  expect(value.map).toEqual({ n: '80', t: 'text' });
  expect(value.at('e').empty).toBe(true);
});

test.each([['missing'], ['a', 'b', '0'], ['t', 'length'], ['z'], ['__proto__'], ['constructor', 'name']])(
  'answers nothing for %j',
  (...path) => {
    const nothing = value.at(...path);
    expect([nothing.exists, nothing.text, nothing.number, nothing.items, nothing.map]).toEqual([
      false,
      undefined,
      undefined,
      [],
      {},
    ]);
  },
);

test.each([
  ['', undefined],
  [' ', undefined],
  ['x', undefined],
  [NaN, undefined],
  ['1e3', 1000],
])('number of %j', (raw, expected) => {
  expect(new Value(raw).number).toBe(expected);
});

test('is the same text for the same content', () => {
  expect(new Value({ a: 1, b: [{ d: null, c: 'x' }] }).canonical).toBe(new Value({ b: [{ c: 'x' }], a: 1 }).canonical);
  expect(new Value({ a: 1 }).canonical).not.toBe(new Value({ a: '1' }).canonical);
  expect(new Value(10n).canonical).toBe('"10"');
});
