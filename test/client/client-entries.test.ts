import { Egress, EgressPort, EgressProps, MeshSettings } from '../../src';
import { virtualAddress } from '../../src/destination/captured-addresses';
import { failing, world } from '../fixtures';

/** The ServiceEntries in the client's namespace for a declaration through a gateway. */
function entries(props: Partial<EgressProps>, mesh?: MeshSettings) {
  const { exit, chart, clients, manifests } = world(undefined, mesh);
  new Egress(chart, 'A', { hosts: ['a.example'], exit, clients, ports: [], ...props });
  return manifests().find({ kind: 'ServiceEntry', namespace: 'payments' });
}

test('TLS needs to be known and has no endpoint to leak to', () => {
  const hosts = ['a.example', '*.b.example'];
  const endpoints = [{ address: 'edge.example' }];
  const made = entries({ hosts, endpoints, ports: [EgressPort.tlsPassthrough()] });
  expect(made.map(({ metadata }) => metadata.name)).toEqual(['payments.a.example', 'payments.any.b.example']);
  expect(made[0].spec).toEqual({
    exportTo: ['.'],
    hosts: ['a.example'],
    ports: [{ name: 'tls-443', number: 443, protocol: 'TLS' }],
    resolution: 'STATIC',
  });
});

// Istio has a wildcard's route stand for the known hosts below it alone, as soon as there is one.
test('a wildcard is known on port 80 too, where other hosts need no entry', () => {
  const hosts = ['a.example', '*.b.example'];
  const made = entries({ hosts, endpoints: [{ address: 'edge.example' }], ports: [EgressPort.tlsOrigination()] });
  expect(made.map(({ spec }) => [spec.hosts, spec.ports])).toEqual([
    [['*.b.example'], [{ name: 'http-80', number: 80, protocol: 'HTTP' }]],
  ]);
});

test('a TCP host is its address, on all of its ports', () => {
  const hosts = ['a.example', 'b.example'];
  const made = entries({ hosts, ports: [EgressPort.tcp(5432), EgressPort.tlsPassthrough()] }, { dnsProxying: true });
  expect(made.map(({ spec }) => spec.addresses)).toEqual(hosts.map((host) => [virtualAddress(host)]));
  // In two entries, Istio would know it at two addresses.
  for (const { spec } of made) expect(spec.ports.map(({ number }: any) => number)).toEqual([443, 5432]);
});

test('given addresses take the place of virtual ones', () => {
  const addresses = ['10.45.7.0/24', '192.0.2.7'];
  const [{ spec }] = entries({ ports: [EgressPort.tcp(22)], addresses }, { dnsProxying: true });
  expect(spec.addresses).toEqual(addresses);
});

test('without either, the host has the port for every address', () => {
  const [{ spec }] = entries({ ports: [EgressPort.tcp(5432)] });
  expect(spec.addresses).toBeUndefined();
});

test.each([
  ['several hosts', { hosts: ['a.example', 'b.example'], ports: [EgressPort.tcp(5432)] }, 'b.example'],
  ['port 443, which other hosts need', { ports: [EgressPort.tcp(443)] }, '443'],
  ['port 80, which other hosts need', { ports: [EgressPort.tcp(80)] }, '80'],
])('without either, there cannot be %s', (_, props, given) => {
  expect(() => entries(props)).toThrow(failing('AddressSyntax', given));
  expect(() => entries(props, { dnsProxying: true })).not.toThrow();
});

test.each([
  ['several hosts', { hosts: ['a.example', 'b.example'], ports: [EgressPort.tcp(5432)] }, 'several hosts apart'],
  ['ports that name their host', { ports: [EgressPort.tlsPassthrough()] }, 'only TCP ports go by addresses'],
])('one list of addresses is not for %s', (_, props, part) => {
  expect(() => entries({ ...props, addresses: ['192.0.2.7'] })).toThrow(failing('AddressSyntax', part));
});
