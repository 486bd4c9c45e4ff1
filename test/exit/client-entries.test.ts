import { Egress, EgressGateway, EgressPort, EgressProps, MeshSettings } from '../../src';
import { virtualAddress } from '../../src/destination/captured-addresses';
import { failing, world } from '../fixtures';

/** The ServiceEntries in the client's namespace for a declaration through a gateway. */
function entries(props: Partial<EgressProps>, mesh?: MeshSettings) {
  const { exit, chart, clients, manifests } = world(undefined, mesh);
  new Egress(chart, 'A', { hosts: ['a.example'], exit, clients, ports: [], ...props });
  return manifests().find({ kind: 'ServiceEntry', namespace: 'payments' });
}

test('TLS needs to be known and has no endpoint to leak to; one entry does for all hosts', () => {
  const hosts = ['a.example', '*.b.example'];
  const endpoints = [{ address: 'edge.example' }];
  const [entry, ...others] = entries({ hosts, endpoints, ports: [EgressPort.tlsPassthrough()] });
  expect(others).toEqual([]);
  expect(entry.metadata.name).toBe('payments-a');
  expect(entry.spec).toEqual({
    exportTo: ['.'],
    hosts,
    ports: [{ name: 'tls-443', number: 443, protocol: 'TLS' }],
    resolution: 'STATIC',
  });
});

test('a TCP host has an entry of its own, because there it is its address', () => {
  const hosts = ['a.example', 'b.example'];
  const made = entries({ hosts, ports: [EgressPort.tcp(5432), EgressPort.tlsPassthrough()] }, { dnsProxying: true });
  expect(made.map(({ metadata, spec }) => [metadata.name, spec.hosts, spec.addresses])).toEqual(
    hosts.map((host) => [`payments-a.${host}`, [host], [virtualAddress(host)]]),
  );
  // All ports of a host stand in one entry: in two, Istio would know it at two addresses.
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

test('an entry takes 256 hosts; TCP hosts have one each', () => {
  const hosts = Array.from({ length: 257 }, (_, i) => `h${i}.example`);
  const exit = EgressGateway.imported();
  expect(() => entries({ hosts, exit, ports: [EgressPort.tlsPassthrough()] })).toThrow(failing('HostCount', '257'));
  expect(entries({ hosts, exit, ports: [EgressPort.tcp(5432)] }, { dnsProxying: true })).toHaveLength(257);
});
