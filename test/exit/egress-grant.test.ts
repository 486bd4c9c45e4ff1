import { EgressClient, EgressPort } from '../../src';
import { failing, world } from '../fixtures';

function rules(clients: EgressClient[], ...ports: EgressPort[]) {
  const { exit, manifests } = world();
  exit.grant('A', { hosts: ['a.example', 'b.example'], ports, clients });
  return manifests().only({ kind: 'AuthorizationPolicy', name: 'istio-egress-a' }).spec.rules;
}

test('lets service accounts and namespaces through, each by name', () => {
  const clients = [EgressClient.namespace('shop'), EgressClient.serviceAccount('payments', 'checkout')];
  expect(rules(clients, EgressPort.http())[0].from).toEqual([
    { source: { serviceAccounts: ['payments/checkout'] } },
    { source: { namespaces: ['shop'] } },
  ]);
});

test('lets every identity of the mesh through only when told so', () => {
  expect(rules([EgressClient.anyInMesh()], EgressPort.http())[0].from).toEqual([{ source: { principals: ['*'] } }]);
});

test('lets through only the declared hosts on the declared ports', () => {
  const to = rules([EgressClient.namespace('a')], EgressPort.tlsOrigination(), EgressPort.http({ port: 8080 }))[0].to;
  expect(to).toEqual([
    {
      operation: {
        hosts: ['a.example', 'a.example:80', 'a.example:8080', 'b.example', 'b.example:80', 'b.example:8080'],
      },
    },
  ]);
});

test("carries the declaration's metadata and name", () => {
  const { exit, manifests, clients } = world();
  exit.grant('A', {
    hosts: ['a.example'],
    ports: [EgressPort.http()],
    clients,
    name: 'bank',
    metadata: { labels: { x: 'y' } },
  });
  manifests().has({ kind: 'AuthorizationPolicy', name: 'istio-egress-bank' }, { metadata: { labels: { x: 'y' } } });
});

test('a client beside the exit could go out past it', () => {
  expect(() => rules([EgressClient.namespace('istio-egress')], EgressPort.http())).toThrow(
    failing('ClientInExitNamespace'),
  );
});
