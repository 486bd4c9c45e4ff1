import { Chart, Testing } from 'cdk8s';
import {
  Egress,
  EgressClient,
  EgressGrantOptions,
  EgressPort,
  HttpRule,
  SharedEgressGateway,
  TlsOriginationEgress,
} from '../../src';
import { Manifests } from '../../src/assertions';
import { failing, openTcp } from '../fixtures';

const PODS = {
  namespace: 'legacy',
  labels: { istio: 'egressgateway' },
  service: 'gateway',
  httpPort: 8090,
  httpTargetPort: 8091,
  tlsTargetPort: 8443,
};

const checkout = EgressClient.serviceAccount('payments', 'checkout');
const shop = EgressClient.namespace('shop');

function shared(props: object = {}) {
  const app = Testing.app();
  const exit = new SharedEgressGateway(new Chart(app, 'legacy'), 'Shared', { ...PODS, ...props });
  return { app, exit, chart: new Chart(app, 'payments'), manifests: () => Manifests.fromApp(app) };
}

/** The policy that grants of one host make. */
function policy(...grants: Partial<EgressGrantOptions>[]) {
  const { exit, manifests } = shared();
  grants.forEach((grant, i) =>
    exit.grant(`Grant${i}`, { hosts: ['a.example'], ports: [EgressPort.http()], clients: [checkout], ...grant }),
  );
  return manifests().only({ kind: 'AuthorizationPolicy', name: 'istio-egress.a.example' }).spec;
}

test('makes no pods and no policy of its own: the gateway goes on as it is', () => {
  const { manifests } = shared();
  expect(manifests().all.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`)).toEqual([
    'Gateway legacy/istio-egress',
  ]);
  manifests().has(
    { kind: 'Gateway' },
    {
      spec: {
        selector: PODS.labels,
        servers: [{ port: { number: 8090 }, hosts: ['./*'], tls: { mode: 'ISTIO_MUTUAL' } }],
      },
    },
  );
});

test('a host refuses everybody but its clients, and what else its Host header may name', () => {
  const hosts = ['a.example', 'a.example:80'];
  expect(policy({}, { clients: [shop] })).toEqual({
    action: 'DENY',
    selector: { matchLabels: PODS.labels },
    rules: [
      {
        // Istio's CRD takes no service accounts beside namespaces.
        from: [{ source: { notPrincipals: ['*/ns/payments/sa/checkout'], notNamespaces: ['shop'] } }],
        to: [{ operation: { hosts, ports: ['8091'] } }],
      },
      { to: [{ operation: { hosts: ['a.example', 'a.example:*'], notHosts: hosts, ports: ['8091'] } }] },
    ],
  });
});

test('each port has clients of its own', () => {
  const { rules } = policy({}, { clients: [shop], ports: [EgressPort.http({ port: 8080 })] });
  expect(rules.map(({ from, to }: any) => [from?.[0].source, to[0].operation.hosts])).toEqual([
    [{ notServiceAccounts: ['payments/checkout'] }, ['a.example', 'a.example:80']],
    [{ notNamespaces: ['shop'] }, ['a.example:8080']],
    [undefined, ['a.example', 'a.example:*']],
  ]);
});

test('what nobody reads is refused by server name, on its own port: elsewhere the rule would hit others', () => {
  const { rules } = policy({ ports: [EgressPort.tlsPassthrough(), openTcp(5432)], clients: [checkout, shop] });
  // The servers for service accounts take nobody else.
  expect(rules).toEqual(
    ['443', '5432'].map((port) => ({
      from: [{ source: { notNamespaces: ['shop'] } }],
      to: [{ operation: { ports: ['8443'] } }],
      when: [{ key: 'connection.sni', values: [`ns.shop.${port}.a.example`] }],
    })),
  );
});

test('the whole mesh is still whoever has an identity', () => {
  expect(policy({ clients: [EgressClient.anyInMesh()] }).rules[0].from).toEqual([{ source: { notPrincipals: ['*'] } }]);
});

test('every rule names a port of the pods', () => {
  const { rules } = policy({ ports: [EgressPort.tlsOrigination(), EgressPort.tlsPassthrough()] });
  for (const { to } of rules) expect(['8091', '8443']).toContain(to[0].operation.ports[0]);
});

test('declarations through it stay in subsets, and make both hops', () => {
  const { app, exit, chart, manifests } = shared();
  new TlsOriginationEgress(chart, 'A', { hosts: ['a.example'], exit, clients: [checkout] });
  manifests().has(
    { kind: 'DestinationRule', namespace: 'payments', name: 'payments.istio-egress.legacy' },
    { spec: { host: 'gateway.legacy.svc.cluster.local', trafficPolicy: undefined, subsets: [{ name: 'http' }] } },
  );
  expect(exit.host('a.example').virtualService!.name).toBe('istio-egress.a.example');
  expect(() => exit.host('b.example')).toThrow(failing('NotDeclared'));
  const lines = Egress.describe(app);
  expect(lines.filter((line) => line.startsWith('legacy/Shared: needs that'))).toHaveLength(4);
  expect(lines.at(-1)).toContain('legacy/istio-egress (mutual TLS), shared with others → a.example');
});

test.each([
  ['rules', { rules: [HttpRule.allow({ methods: ['GET'] })] }, '1 rules'],
  ['wildcards', { hosts: ['*.a.example'], endpoints: [{ address: 'a.example' }] }, '*.a.example'],
  ['what is without identity', { ports: [EgressPort.tlsPassthroughWithoutIdentity()] }, '443'],
])('does not promise %s', (_, grant, given) => {
  expect(() => policy(grant)).toThrow(failing('ExitCannotCarry', given));
});

test.each([
  [{ labels: {} }, {}, 'LabelSyntax'],
  [{ httpTargetPort: 0 }, {}, 'PortRange'],
  [{ tlsTargetPort: 8091 }, { ports: [EgressPort.tlsPassthrough()] }, 'PortConflict'],
  [{}, { clients: [EgressClient.namespace('legacy')] }, 'ClientInExitNamespace'],
])('refuses %j', (props, grant, code) => {
  const make = () =>
    shared(props).exit.grant('A', { hosts: ['a.example'], ports: [EgressPort.http()], clients: [checkout], ...grant });
  expect(make).toThrow(failing(code));
});
