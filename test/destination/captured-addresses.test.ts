import { Testing } from 'cdk8s';
import fc from 'fast-check';
import { checkAddresses, virtualAddress } from '../../src/destination/captured-addresses';
import { failing } from '../fixtures';

const check = (...addresses: any[]) => checkAddresses(Testing.chart(), addresses);

test('takes addresses and ranges of both families, each once, in a fixed order', () => {
  expect(check('192.0.2.0/28', '2001:db8::/32', '10.0.0.0/8', '192.0.2.7', '192.0.2.7')).toEqual([
    '10.0.0.0/8',
    '192.0.2.0/28',
    '192.0.2.7',
    '2001:db8::/32',
  ]);
});

test.each([
  '0.0.0.0/0',
  '10.0.0.0/7',
  '::/0',
  '2001::/16',
  '10.0.0.0/33',
  '10.0.0.0/-8',
  '10.0.0.0/8/8',
  '10.0',
  'a.example',
  '',
  'fe80::1%eth0',
  7,
])('refuses %j', (address) => {
  expect(() => check('192.0.2.7', address)).toThrow(failing('AddressSyntax', JSON.stringify(address)));
});

test('one range is written in one way, so that two hosts cannot have it unnoticed', () => {
  expect(check('192.0.2.7/32', '192.0.2.7', '2001:DB8:0::7', '2001:db8::7/128', '2001:db8:0:0::/64')).toEqual([
    '192.0.2.7',
    '2001:db8::/64',
    '2001:db8::7',
  ]);
});

test.each([
  ['10.45.7.5/24', '10.45.7.0/24'],
  ['10.45.7.255/30', '10.45.7.252/30'],
  ['2001:db8::1/64', '2001:db8::/64'],
  ['2001:db8:ffff::/33', '2001:db8:8000::/33'],
])('refuses %s, of which Istio would take %s', (address, meant) => {
  expect(() => check(address)).toThrow(failing('AddressSyntax', `write "${meant}"`));
});

test('refuses an empty list', () => {
  expect(() => check()).toThrow(failing('AddressSyntax', '[]'));
  expect(() => checkAddresses(Testing.chart(), '192.0.2.7' as any)).toThrow(failing('AddressSyntax'));
});

test('virtual addresses are part of the contract: a new one would break connections', () => {
  expect(virtualAddress('orders.db.example.com')).toBe('241.110.206.185');
});

test('a virtual address follows from the name alone and ends in a number that no network has', () => {
  fc.assert(
    fc.property(fc.array(fc.domain(), { minLength: 2, maxLength: 5 }), (hosts) => {
      const [forwards, backwards] = [hosts.map(virtualAddress), [...hosts].reverse().map(virtualAddress).reverse()];
      expect(forwards).toEqual(backwards);
      for (const address of forwards) {
        const [a, b, c, d] = address.split('.').map(Number);
        expect([a, b >= 0 && b <= 255, c >= 0 && c <= 255, d >= 1 && d <= 254]).toEqual([241, true, true, true]);
      }
    }),
    { numRuns: 1000 },
  );
});
