import { isIP } from 'node:net';
import { familyOf, isWithin, parseIpRange, rangesMeet } from '../../src/destination/ip-range';

const range = (text: string) => parseIpRange(text)!;

test.each([
  ['192.0.2.7', '192.0.2.7', true],
  ['192.0.2.7/32', '192.0.2.7', true],
  ['10.0.0.0/8', '10.0.0.0/8', true],
  ['10.1.2.3/8', '10.0.0.0/8', false],
  ['0.0.0.0/0', '0.0.0.0/0', true],
  ['FD00:0:0::1', 'fd00::1', true],
  ['2001:db8::/32', '2001:db8::/32', true],
  ['2001:db8::1/32', '2001:db8::/32', false],
  ['::ffff:192.0.2.7', '::ffff:c000:207', true],
  ['::/0', '::/0', true],
])('%s is %s', (text, written, isExact) => {
  expect(parseIpRange(text)).toMatchObject({ text: written, isExact });
});

test.each([
  '',
  'a',
  '1.2.3',
  '1.2.3.4/33',
  '::/129',
  '1.2.3.4/',
  '1.2.3.4/8/8',
  '1.2.3.4/-1',
  '1.2.3.4/ 8',
  '01.2.3.4',
  'fe80::1%eth0',
  'fe80::%eth0/10',
  ' 1.2.3.4',
  7,
  null,
  {},
])('%j is none', (text) => {
  expect(parseIpRange(text)).toBeUndefined();
});

test('ranges lie in each other', () => {
  expect(isWithin(range('10.1.0.0/16'), range('10.0.0.0/8'))).toBe(true);
  expect(isWithin(range('10.0.0.0/8'), range('10.1.0.0/16'))).toBe(false);
  expect(isWithin(range('11.0.0.1'), range('10.0.0.0/8'))).toBe(false);
  expect(isWithin(range('::a00:1'), range('0.0.0.0/0'))).toBe(false);
  expect(isWithin(range('fd00:ec2::254'), range('fd00::/8'))).toBe(true);
  expect(rangesMeet(range('10.0.0.0/8'), range('10.1.0.0/16'))).toBe(true);
  expect(rangesMeet(range('10.0.0.0/16'), range('10.1.0.0/16'))).toBe(false);
});

test.each([
  '192.0.2.7',
  '01.2.3.4',
  '1.2.3',
  '2001:db8::1',
  '::',
  ':',
  'fe80::1%eth0',
  '::ffff:192.0.2.7',
  'a.example.com',
  '',
])('the family of "%s" is what Node says', (text) => expect(familyOf(text)).toBe(isIP(text)));
