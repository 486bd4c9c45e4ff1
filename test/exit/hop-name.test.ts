import fc from 'fast-check';
import { EgressClient, EgressPort } from '../../src';
import { hopLabel, hopServerName, hostInName } from '../../src/exit/hop-name';
import { failing, world } from '../fixtures';

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

test.each([
  ['db.example.com', 5432, '5432.db.example.com', '5432-db-example-com'],
  ['my-db.example.com', 443, '443.my-db.example.com', '443-my--db-example-com'],
  ['*.example.com', 443, '443-any.example.com', '443--any-example-com'],
])('%s on port %d is asked for as %s, in subset %s', (host, port, serverName, label) => {
  expect(hopServerName(host, port)).toBe(serverName);
  expect(hopLabel(serverName)).toBe(label);
});

test('a wildcard stands in names without its star', () => {
  expect([hostInName('*.example.com'), hostInName('a.example.com')]).toEqual(['any.example.com', 'a.example.com']);
});

/** Hosts whose names come as near to each other as names can. */
const part = fc.oneof(fc.constantFrom('any', '443', '443-any', 'a--b'), fc.stringMatching(/^[a1]([a1-]{0,3}[a1])?$/));
const host = fc
  .tuple(fc.constantFrom('', '*.'), fc.array(part, { minLength: 1, maxLength: 4 }))
  .map(([star, parts]) => `${star}${parts.join('.')}.example`);
const called = fc.tuple(fc.oneof(host, fc.domain()), fc.constantFrom(1, 44, 443, 4431, 65535));

test('two hosts, or two ports of one, never share a server name or a label', () => {
  fc.assert(
    fc.property(called, called, ([host1, port1], [host2, port2]) => {
      fc.pre(host1 !== host2 || port1 !== port2);
      const [one, other] = [hopServerName(host1, port1), hopServerName(host2, port2)];
      expect(one).not.toBe(other);
      expect(hopLabel(one)).not.toBe(hopLabel(other));
      for (const label of [...one.split('.'), hopLabel(one)]) expect(label).toMatch(LABEL);
    }),
    { numRuns: 5000 },
  );
});

test('a host whose server name would be too long is refused', () => {
  const { exit } = world();
  const clients = [EgressClient.namespace('a')];
  const hosts = [`${'a'.repeat(60)}.`.repeat(4) + 'example'];
  expect(hosts[0]).toHaveLength(251);
  exit.grant('Http', { hosts, ports: [EgressPort.http()], clients });
  expect(() => exit.grant('Tls', { hosts, ports: [EgressPort.tlsPassthrough()], clients })).toThrow(
    failing('HostSyntax', '443.aaa'),
  );
});
