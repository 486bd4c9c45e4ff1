import { Chart } from 'cdk8s';
import {
  Egress,
  EgressClient,
  EgressGateway,
  EgressPort,
  EgressProps,
  HttpEgress,
  HttpRetries,
  SidecarExit,
} from '../../src';
import { failing, openTcp, world } from '../fixtures';

const hosts = ['a.example'];
const account = [EgressClient.serviceAccount('payments', 'checkout')];
const whole = [EgressClient.namespace('payments')];

/** One host, declared by several charts. */
function declared(declarations: Partial<EgressProps>[], mesh?: object) {
  const { app, exit, manifests } = world({}, mesh);
  const made = declarations.map((props, i) => {
    const chart = new Chart(app, `chart-${i}`);
    return new Egress(chart, 'A', { hosts, exit, clients: account, ports: [EgressPort.http()], ...props });
  });
  return { made, manifests, of: (kind: string) => manifests().only({ kind, namespace: 'payments' }) };
}

test('two declarations of one host and namespace share one set of objects', () => {
  const tcp = { ports: [EgressPort.tcp(5432)] };
  const { made, of } = declared([tcp, tcp]);
  expect(of('ServiceEntry').metadata.name).toBe('payments.a.example');
  expect(of('VirtualService').spec.tcp).toHaveLength(1);
  expect(made[0].clientHops[0].serviceEntries).toEqual(made[1].clientHops[0].serviceEntries);
});

test('names and specs do not depend on who declares first', () => {
  const one = { ports: [EgressPort.tlsPassthrough()] };
  const other = { ports: [EgressPort.http(), openTcp(5432)], clients: whole };
  for (const kind of ['VirtualService', 'ServiceEntry']) {
    expect(declared([one, other]).of(kind)).toEqual(declared([other, one]).of(kind));
  }
});

test('who is let in by account and who by namespace are led to the server for all, port by port', () => {
  const subsets = (...props: Partial<EgressProps>[]) =>
    declared(props)
      .of('VirtualService')
      .spec.tls.map(({ route }: any) => route[0].destination.subset);
  const both = [EgressPort.tlsPassthrough(), EgressPort.tlsPassthrough({ port: 8443 })];
  const one = [EgressPort.tlsPassthrough()];
  expect(subsets({ ports: both }, { ports: one, clients: whole })).toEqual([
    'ns-payments-443-a-example',
    'sa-8443-a-example',
  ]);
});

test('ports add up', () => {
  const { of } = declared([{ ports: [EgressPort.tcp(5432)] }, { ports: [EgressPort.tlsPassthrough()] }], {
    dnsProxying: true,
  });
  expect(of('ServiceEntry').spec.ports.map(({ number }: any) => number)).toEqual([443, 5432]);
  expect(of('ServiceEntry').spec.addresses).toHaveLength(1);
});

test('labels and annotations add up, and do not contradict each other', () => {
  const with8080 = { ports: [EgressPort.http({ port: 8080 })] };
  const labels = (team: string, more: object = {}) => ({ ...with8080, metadata: { labels: { team, ...more } } });
  const annotated = { ports: [EgressPort.http()], metadata: { annotations: { 'example.com/why': 'x' } } };
  const { of } = declared([annotated, labels('a'), labels('a', { tier: '1' })]);
  for (const kind of ['VirtualService', 'ServiceEntry']) {
    expect(of(kind).metadata).toMatchObject({
      labels: { team: 'a', tier: '1' },
      annotations: { 'example.com/why': 'x' },
    });
  }
  expect(() => declared([labels('a'), labels('b')])).toThrow(failing('ClientHopConflict', 'metadata.labels.team'));
});

const direct = { exit: new SidecarExit(), clients: whole };
const at8080 = { ports: [EgressPort.http({ port: 8080 })] };
const at443 = { ports: [EgressPort.tlsPassthrough()] };

test.each<[string, Partial<EgressProps>, Partial<EgressProps>, string]>([
  ['other exits', {}, { exit: EgressGateway.imported({ namespace: 'elsewhere' }) }, 'elsewhere'],
  ['an exit and straight out', at8080, { ...at443, ...direct }, 'straight out'],
  ['other retries', {}, { ports: [EgressPort.http({ retries: HttpRetries.anyMethod(3) })] }, 'port 80'],
  ['another protocol', at443, { ports: [EgressPort.tcp(443)], addresses: ['192.0.2.1'] }, 'port 443'],
  [
    'other addresses',
    { ports: [EgressPort.tcp(22)], addresses: ['192.0.2.1'] },
    { ports: [EgressPort.tcp(5432)], addresses: ['192.0.2.2'] },
    '192.0.2.2',
  ],
  [
    'other endpoints, straight out',
    { ...at8080, ...direct },
    { ...at443, ...direct, endpoints: [{ address: '192.0.2.7' }] },
    '192.0.2.7',
  ],
  [
    'other settings, straight out',
    { ...at8080, ...direct },
    { ports: [EgressPort.tlsOrigination({ port: 8080 })], ...direct },
    'port 8080',
  ],
  ['the whole mesh and a namespace', {}, { clients: [EgressClient.anyInMesh()] }, 'for the whole mesh'],
])('a namespace has one way to a host, whoever calls: not %s', (_, one, other, part) => {
  expect(() => declared([one, other])).toThrow(failing('ClientHopConflict', part));
  const elsewhere = other.clients?.[0].namespaceName === undefined ? {} : { clients: [EgressClient.namespace('shop')] };
  expect(() => declared([one, { ...other, hosts: ['b.example'], ...elsewhere }])).not.toThrow();
});

test.each<[string, Partial<EgressProps>, Partial<EgressProps>]>([
  ['by the way of a gateway', at8080, at443],
  ['straight out', { ...at8080, ...direct }, { ...at443, ...direct }],
])('the ports of a host may be declared apart, %s', (_, one, other) => {
  const { of } = declared([one, other]);
  expect(of('ServiceEntry').spec.ports.map(({ number }: any) => number)).toEqual([443, 8080]);
});

test('what is declared again for the whole mesh is led once', () => {
  const { app, exit, chart, manifests } = world();
  const clients = [EgressClient.anyInMesh()];
  new HttpEgress(chart, 'A', { hosts, exit, clients });
  new HttpEgress(new Chart(app, 'other'), 'A', { hosts, exit, clients });
  manifests().countIs({ kind: 'VirtualService', name: 'any.mesh.a.example' }, 1);
});
