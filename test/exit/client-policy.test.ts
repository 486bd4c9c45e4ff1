import { EgressClient, EgressPort, HttpEgress } from '../../src';
import { failing, world } from '../fixtures';

const account = EgressClient.serviceAccount('payments', 'checkout');

/** The rules that these grants make, for one namespace. */
function rules(namespace: string, ...grants: { hosts?: string[]; clients: EgressClient[]; ports?: EgressPort[] }[]) {
  const { exit, manifests } = world();
  grants.forEach((grant, i) => exit.grant(`Grant${i}`, { hosts: ['a.example'], ports: [EgressPort.http()], ...grant }));
  return manifests().only({ kind: 'AuthorizationPolicy', name: `istio-egress.${namespace}` }).spec.rules;
}

test('one policy per namespace, a rule per client, and only for the gateway', () => {
  const { exit, manifests } = world();
  const ports = [EgressPort.http()];
  exit.grant('A', { hosts: ['a.example'], ports, clients: [EgressClient.namespace('shop'), account] });
  exit.grant('B', { hosts: ['b.example'], ports, clients: [EgressClient.namespace('payments')] });
  manifests().countIs({ kind: 'AuthorizationPolicy' }, 3);
  const policy = manifests().only({ kind: 'AuthorizationPolicy', name: 'istio-egress.payments' });
  expect(policy.metadata.namespace).toBe('istio-egress');
  expect(policy.spec).toMatchObject({ action: 'ALLOW', selector: { matchLabels: { istio: 'istio-egress' } } });
  expect(policy.spec.rules.map((rule: any) => [rule.from, rule.to[0].operation.hosts])).toEqual([
    [[{ source: { namespaces: ['payments'] } }], ['b.example', 'b.example:80']],
    [[{ source: { serviceAccounts: ['payments/checkout'] } }], ['a.example', 'a.example:80']],
  ]);
});

test('lets through only the declared hosts on the declared ports', () => {
  const ports = [EgressPort.tlsOrigination(), EgressPort.http({ port: 8080 })];
  expect(rules('payments', { hosts: ['b.example', 'a.example'], ports, clients: [account] })[0].to).toEqual([
    {
      operation: {
        hosts: ['a.example', 'a.example:80', 'a.example:8080', 'b.example', 'b.example:80', 'b.example:8080'],
      },
    },
  ]);
});

test('the order of declarations does not matter, and saying it twice changes nothing', () => {
  const [a, b] = [
    { hosts: ['a.example'], clients: [account] },
    { hosts: ['b.example'], clients: [account] },
  ];
  expect(rules('payments', a, b)).toEqual(rules('payments', b, a, b));
});

test('lets every identity of the mesh through only when told so', () => {
  expect(rules('any.mesh', { clients: [EgressClient.anyInMesh()] })[0].from).toEqual([
    { source: { principals: ['*'] } },
  ]);
});

test('hands out the policy of a namespace', () => {
  const { exit, chart, clients } = world();
  expect(() => exit.clientPolicy('payments')).toThrow(failing('NotDeclared', 'nothing is granted yet'));
  new HttpEgress(chart, 'A', { hosts: ['a.example'], exit, clients });
  expect(exit.clientPolicy('payments').name).toBe('istio-egress.payments');
  expect(() => exit.clientPolicy()).toThrow(failing('NotDeclared', 'payments'));
});

test('a client beside the exit could go out past it', () => {
  expect(() => rules('x', { clients: [EgressClient.namespace('istio-egress')] })).toThrow(
    failing('ClientInExitNamespace'),
  );
});

test('a policy that Kubernetes could not store is an error', () => {
  const hosts = Array.from({ length: 4000 }, (_, i) => `${'a'.repeat(60)}.${'b'.repeat(60)}.h${i}.example`);
  expect(() => rules('payments', { hosts, clients: [account] })).toThrow(failing('HostCount', '1000000'));
});
