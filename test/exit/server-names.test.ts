import fc from 'fast-check';
import { EgressClient, EgressPort } from '../../src';
import { hopLabel } from '../../src/exit/names';
import { hopServerName, parseServerName } from '../../src/exit/server-names';
import { failing, world } from '../fixtures';

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

test.each([
  ['db.example.com', 5432, undefined, 'sa.5432.db.example.com', 'sa-5432-db-example-com'],
  ['my-db.example.com', 443, undefined, 'sa.443.my-db.example.com', 'sa-443-my--db-example-com'],
  ['*.example.com', 443, undefined, 'sa.443-any.example.com', 'sa-443--any-example-com'],
  ['db.example.com', 5432, 'shop', 'ns.shop.5432.db.example.com', 'ns-shop-5432-db-example-com'],
])('%s on port %d is asked for by %s as %s, in subset %s', (host, port, namespace, serverName, label) => {
  expect(hopServerName(host, port, namespace)).toBe(serverName);
  expect(parseServerName(serverName)).toEqual({ host, port });
  expect(hopLabel(serverName)).toBe(label);
});

/** Hosts whose names come as near to each other as names can. */
const part = fc.oneof(fc.constantFrom('any', '443', '443-any', 'a--b'), fc.stringMatching(/^[a1]([a1-]{0,3}[a1])?$/));
const host = fc
  .tuple(fc.constantFrom('', '*.'), fc.array(part, { minLength: 1, maxLength: 4 }))
  .map(([star, parts]) => `${star}${parts.join('.')}.example`);
const called = fc.tuple(
  fc.oneof(host, fc.domain()),
  fc.constantFrom(1, 44, 443, 4431, 65535),
  fc.constantFrom(undefined, 'shop', '443', 'sa', 'ns'),
);

test('two hosts, two ports of one, or two kinds of clients never share a server name or a label', () => {
  fc.assert(
    fc.property(called, called, ([host1, port1, who1], [host2, port2, who2]) => {
      fc.pre(host1 !== host2 || port1 !== port2 || who1 !== who2);
      const [one, other] = [hopServerName(host1, port1, who1), hopServerName(host2, port2, who2)];
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
    failing('HostSyntax', 'ns.a.443.aaa'),
  );
});
