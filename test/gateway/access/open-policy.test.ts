import { EgressClient, EgressPort } from '../../../src';
import { failing, openTcp, world } from '../../fixtures';

const open = [EgressPort.tlsPassthroughWithoutIdentity()];
const identified = [EgressPort.tlsPassthrough(), openTcp(5432)];
const endpoints = [{ address: 'edge.example.com' }];

test('names the hosts that anybody may reach, on the port for unread bytes alone', () => {
  const { exit, clients, manifests } = world();
  exit.grant('B', { hosts: ['b.example'], ports: open, clients });
  exit.grant('A', { hosts: ['a.example'], ports: open, clients });
  exit.grant('C', { hosts: ['c.example'], ports: identified, clients });
  expect(manifests().only({ name: 'istio-egress.without.identity' }).spec).toEqual({
    action: 'ALLOW',
    selector: { matchLabels: { istio: 'istio-egress' } },
    rules: [
      {
        to: [{ operation: { ports: ['8443'] } }],
        when: [{ key: 'connection.sni', values: ['a.example', 'b.example'] }],
      },
    ],
  });
});

test('there is none while every port checks who calls', () => {
  const { exit, clients, manifests } = world();
  exit.grant('A', { hosts: ['a.example'], ports: identified, clients });
  manifests().countIs({ name: 'istio-egress.without.identity' }, 0);
});

test('a wildcard does not open the ports of hosts below it that check who calls: their server names are below it too', () => {
  const { exit, clients, manifests } = world();
  exit.grant('Open', { hosts: ['*.example.com'], ports: open, clients, endpoints });
  exit.grant('Closed', { hosts: ['db.example.com'], ports: identified, clients });
  exit.grant('Narrow', { hosts: ['*.api.example.com'], ports: [EgressPort.tlsPassthrough()], clients, endpoints });
  exit.grant('Elsewhere', { hosts: ['db.example.org'], ports: identified, clients });
  const [{ when }] = manifests().only({ name: 'istio-egress.without.identity' }).spec.rules;
  expect(when).toEqual([
    {
      key: 'connection.sni',
      values: ['*.example.com'],
      notValues: ['sa.443-any.api.example.com', 'sa.443.db.example.com', 'sa.5432.db.example.com'],
    },
  ]);
});

test.each(['sa.443.db.example.com', 'ns.shop.443-any.example.com'])(
  '%s could be taken for a port of another host',
  (host) => {
    const { exit } = world();
    const clients = [EgressClient.namespace('a')];
    expect(() => exit.grant('Open', { hosts: [host], ports: open, clients })).toThrow(failing('ExitCannotCarry', host));
    expect(() => exit.grant('Closed', { hosts: [host], ports: identified, clients })).not.toThrow();
  },
);
