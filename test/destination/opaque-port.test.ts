import { Testing } from 'cdk8s';
import { EgressPort } from '../../src';
import { checkPorts, httpPorts, opaquePorts, upstreamProtocol } from '../../src/destination/egress-port';
import { failing } from '../fixtures';

const check = (...ports: EgressPort[]) => checkPorts(Testing.chart(), ports);

test.each([
  [EgressPort.tlsPassthrough(), { kind: 'tls', port: 443, upstreamPort: 443 }],
  [EgressPort.tlsPassthrough({ port: 8443 }), { kind: 'tls', port: 8443, upstreamPort: 8443 }],
  [EgressPort.tlsPassthrough({ upstreamPort: 6443 }), { kind: 'tls', port: 443, upstreamPort: 6443 }],
  [EgressPort.tlsPassthroughWithoutIdentity(), { kind: 'open', port: 443, upstreamPort: 443 }],
  [EgressPort.tcp(5432), { kind: 'tcp', port: 5432, upstreamPort: 5432 }],
  [EgressPort.tcp(5432, { upstreamPort: 6432 }), { kind: 'tcp', port: 5432, upstreamPort: 6432 }],
])('a port whose bytes nobody reads (%#)', (port, expected) => {
  expect(check(port)).toEqual([expected]);
});

test('ports are told apart by whether somebody reads them, and name what the host speaks', () => {
  const ports = check(EgressPort.http({ port: 8080 }), EgressPort.tlsOrigination(), EgressPort.tcp(22));
  expect(httpPorts(ports).map(({ port }) => port)).toEqual([80, 8080]);
  expect(opaquePorts(ports).map(({ port }) => port)).toEqual([22]);
  expect(ports.map(upstreamProtocol)).toEqual(['TCP', 'TLS', 'HTTP']);
  expect(check(EgressPort.tlsPassthrough()).map(upstreamProtocol)).toEqual(['TLS']);
});

test.each([0, 65536, 1.5, NaN, '5432', undefined, 15001])('refuses TCP port %j', (port) => {
  expect(() => check(EgressPort.tcp(port as number))).toThrow(failing('PortRange', '`port`'));
});

test('refuses a port of the host that cannot be, and one port in two ways', () => {
  expect(() => check(EgressPort.tcp(1, { upstreamPort: 0 }))).toThrow(failing('PortRange', '`upstreamPort`'));
  expect(() => check(EgressPort.tlsPassthrough({ upstreamPort: -1 }))).toThrow(failing('PortRange', '`upstreamPort`'));
  expect(() => check(EgressPort.tlsPassthrough(), EgressPort.tcp(443))).toThrow(failing('PortConflict', '443'));
  expect(() => check(EgressPort.tlsPassthrough(), EgressPort.tlsPassthroughWithoutIdentity())).toThrow(
    failing('PortConflict', '443'),
  );
});

test('what opens a TCP port to readers is the word itself', () => {
  const given = (value: any) => EgressPort.tcp(22, { anyoneInMeshMayReadWhatServerSendsUnasked: value });
  const [opened, closed] = [true, false].map((value) => check(given(value))[0]);
  expect(opened).toMatchObject({ anyoneInMeshMayReadWhatServerSendsUnasked: true });
  expect(JSON.stringify(closed)).toBe(JSON.stringify(check(EgressPort.tcp(22))[0]));
  expect(() => check(given('yes'))).toThrow(failing('WrongType', 'yes'));
});
