import { hostInName } from '../../src/exit/names';

test('a wildcard stands in names without its star', () => {
  expect([hostInName('*.example.com'), hostInName('a.example.com')]).toEqual(['any.example.com', 'a.example.com']);
  expect([hostInName('any.example.com'), hostInName('any-host.example.com'), hostInName('443.example.com')]).toEqual([
    'any-host.example.com',
    'any-host-host.example.com',
    '443-host.example.com',
  ]);
});
