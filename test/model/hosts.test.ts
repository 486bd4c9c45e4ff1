import { ExportTo } from '../../src/model/export-to';
import { covers, fullHost, overlap } from '../../src/model/hosts';

test.each([
  ['reviews', 'reviews.prod.svc.cluster.local'],
  ['Reviews', 'reviews.prod.svc.cluster.local'],
  ['reviews.other', 'reviews.other'],
  ['*', '*'],
  ['*.example.com', '*.example.com'],
  ['10.0.0.1', '10.0.0.1'],
  ['2001:db8::1', '2001:db8::1'],
])('%s is %s', (host, expected) => {
  expect(fullHost(host, 'prod', 'cluster.local')).toBe(expected);
});

test.each([
  ['*.a.com', 'x.a.com', true],
  ['*.a.com', 'a.com', false],
  ['*.a.com', '*.b.a.com', true],
  ['*.b.a.com', '*.a.com', false],
  ['*', '*.com', true],
  ['a.com', 'a.com', true],
  ['a.com', '*.com', false],
])('%s covers %s: %s', (pattern, host, expected) => {
  expect(covers(pattern, host)).toBe(expected);
});

test('patterns overlap in both directions', () => {
  expect(overlap('*.b.a.com', '*.a.com')).toBe(true);
  expect(overlap('*.b.com', '*.a.com')).toBe(false);
});

test.each([
  [[], ['own', 'other']],
  [['.'], ['own']],
  [['other'], ['other']],
  [
    ['.', 'other'],
    ['own', 'other'],
  ],
  [
    ['*', 'other'],
    ['own', 'other'],
  ],
  [['~'], []],
])('exportTo %j reaches %j', (entries, expected) => {
  const exportTo = ExportTo.read(entries, 'own');
  expect(['own', 'other'].filter((namespace) => exportTo.reaches(namespace))).toEqual(expected);
});
