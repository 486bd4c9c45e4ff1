import {
  EgressClient,
  Egress,
  EgressGateway,
  EgressPort,
  HttpEgress,
  TlsCredential,
  TlsOriginationEgress,
  TlsPassthroughEgress,
  UpstreamTls,
} from '../../src';
import { failing, world } from '../fixtures';

const hosts = ['a.example'];

test('one declaration makes both hops', () => {
  const { exit, chart, clients, manifests } = world();
  const before = manifests().all.length;
  const egress = new TlsOriginationEgress(chart, 'Stripe', { hosts, exit, clients });
  const made = manifests().all.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`);
  expect(made.slice(before - made.length).sort()).toEqual(
    [
      'AuthorizationPolicy istio-egress/istio-egress.payments',
      'DestinationRule istio-egress/istio-egress.a.example',
      'ServiceEntry istio-egress/istio-egress.a.example',
      'VirtualService istio-egress/istio-egress.a.example',
      'VirtualService payments/payments.a.example',
    ].sort(),
  );
  expect(egress.clientHop('payments').virtualServices[0]!.name).toBe('payments.a.example');
  expect(() => egress.clientHop('shop')).toThrow(failing('NotDeclared', 'shop'));
});

test('exit objects are written with the exit, client objects with the declaration', () => {
  const { exit, chart, clients, manifests } = world();
  const egress = new HttpEgress(chart, 'A', { hosts, exit, clients });
  expect(exit.clientPolicy('payments').chart.node.id).toBe('platform');
  expect(exit.host('a.example').virtualService!.chart.node.id).toBe('platform');
  expect(egress.clientHops[0].virtualServices[0]!.chart.node.id).toBe('payments');
  manifests().countIs({ kind: 'AuthorizationPolicy', namespace: 'payments' }, 0);
});

test('through an imported exit only the client hop is made', () => {
  const { chart, clients, manifests } = world();
  const before = manifests().all.length;
  const exit = EgressGateway.imported({ name: 'partner', namespace: 'edge', service: 'partner-gw', httpPort: 80 });
  new TlsOriginationEgress(chart, 'A', { hosts, exit, clients, tls: UpstreamTls.mutual(TlsCredential.named('bank')) });
  expect(manifests().all).toHaveLength(before + 1);
  const { http } = manifests().only({ kind: 'VirtualService', namespace: 'payments' }).spec;
  expect(http[0].route[0].destination.host).toBe('partner-gw.edge.svc.cluster.local');
});

test('the defaults of both repos meet', () => {
  const { exit, chart, clients, manifests } = world();
  new HttpEgress(chart, 'A', { hosts, exit: EgressGateway.imported(), clients });
  const { name, namespace } = exit.service!.metadata;
  const { http } = manifests().only({ kind: 'VirtualService', namespace: 'payments' }).spec;
  expect(http[0].route[0].destination.host).toBe(`${name}.${namespace}.svc.cluster.local`);
});

test('adding and reordering hosts and clients renames nothing', () => {
  const names = (declared: string[], clients: EgressClient[]) => {
    const { exit, chart, manifests } = world();
    new HttpEgress(chart, 'A', { hosts: declared, exit, clients });
    return new Set(manifests().all.map(({ kind, metadata }) => `${kind}/${metadata.namespace}/${metadata.name}`));
  };
  const [a, b] = [EgressClient.namespace('a'), EgressClient.namespace('b')];
  const one = names(['x.example'], [a]);
  const more = names(['y.example', 'x.example'], [b, a]);
  for (const name of one) expect(more).toContain(name);
  expect(names(['x.example', 'y.example'], [a, b])).toEqual(more);
});

test('describes who reaches what through which exit, and how encrypted', () => {
  const { app, exit, chart, clients } = world();
  exit.grant('Granted', {
    hosts: ['b.example'],
    ports: [EgressPort.tlsOrigination({ tls: UpstreamTls.mutual(TlsCredential.named('bank')) })],
    clients,
  });
  new HttpEgress(chart, 'News', {
    hosts: Array.from({ length: 7 }, (_, i) => `h${i}.example`),
    exit,
    clients: [EgressClient.anyInMesh()],
  });
  expect(Egress.describe(app)).toEqual([
    'platform/Exit/Grants/Granted: payments/checkout → istio-egress/istio-egress (mutual TLS) → b.example (HTTP 80 → mutual TLS 443, verified with credential bank)',
    'payments/News: * → istio-egress/istio-egress (mutual TLS) → h0.example, h1.example, h2.example, h3.example, h4.example and 2 more (HTTP 80 → HTTP 80, not encrypted beyond the exit)',
  ]);
});

test('says nothing of what happens beyond an exit that it does not make', () => {
  const { app, chart, clients } = world();
  new TlsOriginationEgress(chart, 'A', { hosts, exit: EgressGateway.imported(), clients });
  expect(Egress.describe(app)).toEqual([
    'payments/A: payments/checkout → istio-egress/istio-egress (mutual TLS) → a.example (HTTP 80, beyond the exit as its owner grants)',
  ]);
});

test('a declaration that fails grants nothing', () => {
  const { exit, chart, manifests } = world();
  const before = manifests().all.length;
  expect(() => new HttpEgress(chart, 'A', { hosts, exit, clients: [EgressClient.anyInMesh()], port: 8080 })).toThrow();
  expect(manifests().all).toHaveLength(before);
});

test('an exit of another app is refused: its YAML may be written already', () => {
  const [one, other] = [world(), world()];
  expect(() => new HttpEgress(other.chart, 'A', { hosts, exit: one.exit, clients: one.clients })).toThrow(
    failing('ExitCannotCarry', 'another app'),
  );
});

test.each([HttpEgress, TlsOriginationEgress, TlsPassthroughEgress])('%p goes by names, not by addresses', (Pattern) => {
  const { exit, chart, clients } = world();
  const props = { hosts, exit, clients, addresses: ['192.0.2.7'] };
  expect(() => new Pattern(chart, 'A', props)).toThrow(failing('OptionUnknown', 'addresses'));
});

test('says what is missing', () => {
  const { exit, chart, clients } = world();
  const make = (props: any) => () =>
    new Egress(chart, `E${Math.random()}`, { hosts, exit, clients, ports: [EgressPort.http()], ...props });
  expect(make({ hosts: [] })).toThrow(failing('HostsMissing'));
  expect(make({ clients: [] })).toThrow(failing('ClientsMissing'));
  expect(make({ ports: [] })).toThrow(failing('PortsMissing'));
  expect(make({ exit: undefined })).toThrow(failing('ExitCannotCarry'));
  expect(make({ exit: { exitName: 'mine' } })).toThrow(failing('ExitCannotCarry', 'exitName'));
});
