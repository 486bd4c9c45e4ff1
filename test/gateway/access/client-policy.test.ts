import { EgressClient, EgressPort, GatewayWorkload, HttpEgress, HttpRule } from '../../../src';
import { failing, openTcp, world } from '../../fixtures';

const account = EgressClient.serviceAccount('payments', 'checkout');

interface Grant {
  readonly hosts?: string[];
  readonly clients: EgressClient[];
  readonly ports?: EgressPort[];
  readonly rules?: HttpRule[];
  readonly endpoints?: { address: string }[];
}

/** The rules that these grants make, for one namespace. */
function rules(namespace: string, ...grants: Grant[]) {
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
  const hosts = Array.from({ length: 5500 }, (_, i) => `${'a'.repeat(60)}.${'b'.repeat(60)}.h${i}.example`);
  expect(() => rules('payments', { hosts, clients: [account] })).toThrow(failing('HostCount', '1400000'));
});

test('on ports that nobody reads a whole namespace is let through to its own servers, whatever they lead to', () => {
  const ports = [EgressPort.tlsPassthrough(), openTcp(5432)];
  const clients = [EgressClient.namespace('payments')];
  expect(rules('payments', { hosts: ['b.example', 'a.example'], ports, clients })).toEqual([
    {
      from: [{ source: { namespaces: ['payments'] } }],
      to: [{ operation: { ports: ['8443'] } }],
      when: [{ key: 'connection.sni', values: ['ns.payments.*'] }],
    },
  ]);
});

test('on such ports servers tell service accounts apart, and a namespace needs no policy', () => {
  const { exit, manifests } = world();
  exit.grant('A', { hosts: ['a.example'], ports: [openTcp(5432)], clients: [account] });
  manifests().countIs({ kind: 'AuthorizationPolicy', name: 'istio-egress.payments' }, 0);
  expect(manifests().only({ name: 'istio-egress.service.accounts' }).spec).toEqual({
    action: 'ALLOW',
    selector: { matchLabels: { istio: 'istio-egress' } },
    rules: [
      {
        from: [{ source: { principals: ['*'] } }],
        to: [{ operation: { ports: ['8443'] } }],
        when: [{ key: 'connection.sni', values: ['sa.*'] }],
      },
    ],
  });
});

test('whoever is in the mesh is no client that a server could be for', () => {
  const clients = [EgressClient.anyInMesh()];
  expect(() => rules('x', { ports: [EgressPort.tlsPassthrough()], clients })).toThrow(
    failing('ExitCannotCarry', '443'),
  );
});

test('ports without identity are no matter of a client', () => {
  const ports = [EgressPort.tlsPassthroughWithoutIdentity()];
  expect(rules('payments', { ports: [...ports, EgressPort.http()], clients: [account] })).toHaveLength(1);
});

test('rules that allow leave nothing else, for each client what is about it', () => {
  const clients = [account, EgressClient.namespace('payments')];
  const allowed = rules('payments', {
    clients,
    rules: [
      HttpRule.allow({ methods: ['GET'] }),
      HttpRule.allow({ clients: [account], methods: ['POST'], paths: ['/v1/*'], headers: { 'x-key': ['*'] } }),
    ],
  });
  const hosts = ['a.example', 'a.example:80'];
  expect(allowed).toEqual([
    { from: [{ source: { namespaces: ['payments'] } }], to: [{ operation: { hosts, methods: ['GET'] } }] },
    {
      from: [{ source: { serviceAccounts: ['payments/checkout'] } }],
      to: [{ operation: { hosts, methods: ['GET'] } }],
    },
    {
      from: [{ source: { serviceAccounts: ['payments/checkout'] } }],
      to: [{ operation: { hosts, methods: ['POST'], paths: ['/v1/*'] } }],
      when: [{ key: 'request.headers[x-key]', values: ['*'] }],
    },
  ]);
});

test('where rules allow something to one client, the others of the declaration get nothing', () => {
  const clients = [account, EgressClient.namespace('payments')];
  const allowed = rules('payments', { clients, rules: [HttpRule.allow({ clients: [account] })] });
  expect(allowed.map((rule: any) => rule.from[0].source)).toEqual([{ serviceAccounts: ['payments/checkout'] }]);
});

test('what is denied stands in a policy of its own, for the HTTP port of the pods alone', () => {
  const rule = HttpRule.deny({ methods: ['DELETE'] });
  const grant = { clients: [account], rules: [rule] };
  expect(rules('payments.deny', grant)).toEqual([
    {
      from: [{ source: { serviceAccounts: ['payments/checkout'] } }],
      to: [{ operation: { hosts: ['a.example', 'a.example:80'], ports: ['8080'], methods: ['DELETE'] } }],
    },
  ]);
  expect(rules('payments', grant)[0].to).toEqual([{ operation: { hosts: ['a.example', 'a.example:80'] } }]);
  const { exit, manifests } = world();
  exit.grant('A', { hosts: ['a.example'], ports: [EgressPort.http()], clients: [account], rules: [rule] });
  manifests().has({ name: 'istio-egress.payments.deny' }, { spec: { action: 'DENY' } });
});

test('what one declaration denies, no other one allows', () => {
  const denied = rules(
    'payments.deny',
    { clients: [account], rules: [HttpRule.deny({ paths: ['/admin/*'] })] },
    { clients: [account] },
  );
  expect(denied).toHaveLength(1);
});

test('a rule that is tried out changes nothing; the trial knows all that the namespace may call', () => {
  const { exit, manifests } = world();
  const get = HttpRule.allow({ methods: ['GET'] }).dryRun();
  const ports = [EgressPort.http()];
  exit.grant('A', { hosts: ['a.example'], ports, clients: [account], rules: [get] });
  exit.grant('B', { hosts: ['b.example'], ports: [...ports, EgressPort.tlsPassthrough()], clients: [account] });
  const policy = (name: string) => manifests().only({ kind: 'AuthorizationPolicy', name });
  const held = policy('istio-egress.payments');
  expect(held.metadata.annotations).toBeUndefined();
  expect(held.spec.rules[0].to).toHaveLength(1);
  expect(held.spec.rules[0].to[0].operation.methods).toBeUndefined();
  const trial = policy('istio-egress.payments.dry-run');
  expect(trial.metadata.annotations).toEqual({ 'istio.io/dry-run': 'true' });
  expect(trial.spec.rules.map((rule: any) => rule.to[0].operation)).toEqual([
    { hosts: ['a.example', 'a.example:80'], methods: ['GET'] },
    { hosts: ['b.example', 'b.example:80'] },
  ]);
});

test('denials that hold and those that are tried out stand apart', () => {
  const { exit, manifests } = world();
  const deny = (method: string) => HttpRule.deny({ methods: [method] });
  const rules_ = [deny('PUT'), deny('DELETE').dryRun()];
  exit.grant('A', { hosts: ['a.example'], ports: [EgressPort.http()], clients: [account], rules: rules_ });
  const methods = (name: string) =>
    manifests()
      .only({ kind: 'AuthorizationPolicy', name })
      .spec.rules.map((rule: any) => rule.to[0].operation.methods);
  expect(methods('istio-egress.payments.deny')).toEqual([['PUT']]);
  expect(methods('istio-egress.payments.deny.dry-run')).toEqual([['DELETE']]);
  manifests().has(
    { name: 'istio-egress.payments.deny.dry-run' },
    { metadata: { annotations: { 'istio.io/dry-run': 'true' } }, spec: { action: 'DENY' } },
  );
});

test('calls with equal conditions share a rule', () => {
  const rule = HttpRule.allow({ methods: ['GET'] });
  const grant = (host: string) => ({ hosts: [host], clients: [account], rules: [rule] });
  expect(rules('payments', grant('b.example'), grant('a.example')).map((r: any) => r.to[0].operation.hosts)).toEqual([
    ['a.example', 'a.example:80', 'b.example', 'b.example:80'],
  ]);
});

const endpoints = [{ address: 'edge.example' }];

test('a wildcard lets nobody through to hosts below it that are declared themselves, narrower wildcards included', () => {
  const wildcard = { hosts: ['*.a.example'], endpoints, clients: [account] };
  const shop = [EgressClient.namespace('shop')];
  const [{ to }] = rules(
    'payments',
    wildcard,
    { hosts: ['x.a.example', 'b.example'], clients: shop },
    { hosts: ['*.n.a.example'], endpoints, clients: shop },
  );
  expect(to).toEqual([
    {
      operation: {
        hosts: ['*.a.example', '*.a.example:80'],
        notHosts: ['*.n.a.example', '*.n.a.example:80', 'x.a.example', 'x.a.example:80'],
      },
    },
  ]);
});

test('a wildcard and a host in one declaration: each goes by its own', () => {
  const hosts = ['*.a.example', 'x.a.example'];
  const ports = [EgressPort.http({ port: 8080 })];
  expect(rules('payments', { hosts, endpoints, ports, clients: [account] })[0].to).toEqual([
    { operation: { hosts: ['x.a.example:8080'] } },
    { operation: { hosts: ['*.a.example:8080'], notHosts: ['x.a.example:8080'] } },
  ]);
});

test('on pods that exist already, what tells ports apart needs their numbers: with others Istio ignores the rule', () => {
  const existing = (ports: object) => GatewayWorkload.existing({ labels: { a: 'b' }, service: 'edge', ...ports });
  const grant = (pods: object, options: Grant) => () =>
    world({ workload: existing(pods) }).exit.grant('A', {
      hosts: ['a.example'],
      ports: [EgressPort.http()],
      ...options,
    });
  const deny = { clients: [account], rules: [HttpRule.deny({ methods: ['PUT'] })] };
  const tls = { clients: [account], ports: [EgressPort.tlsPassthrough()] };
  expect(grant({}, deny)).toThrow(failing('ExitCannotCarry', 'httpTargetPort'));
  expect(grant({}, tls)).toThrow(failing('ExitCannotCarry', 'tlsTargetPort'));
  expect(grant({ httpTargetPort: 8081, tlsTargetPort: 9443 }, deny)).not.toThrow();
  expect(grant({ httpTargetPort: 8081, tlsTargetPort: 9443 }, tls)).not.toThrow();
});

test('rules for other clients take no room in the policy of one', () => {
  const { exit } = world();
  const clients = Array.from({ length: 20 }, (_, i) => EgressClient.namespace(`team-${i}`));
  const all = clients.map((client) => HttpRule.allow({ methods: ['GET'], clients: [client] }));
  const hosts = Array.from({ length: 2500 }, (_, i) => `host-${i}.example.com`);
  expect(() => exit.grant('Many', { hosts, clients, rules: all, ports: [EgressPort.http()] })).not.toThrow();
});
