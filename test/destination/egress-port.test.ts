import { Duration, Testing } from 'cdk8s';
import { EgressPort, HttpRetries } from '../../src';
import { checkPorts } from '../../src/destination/egress-port';
import { failing } from '../fixtures';

const check = (...ports: EgressPort[]) => checkPorts(Testing.chart(), ports, 'exit');

test('plain HTTP goes to the port that was called, without retries or limit', () => {
  expect(check(EgressPort.http())).toMatchObject([
    { port: 80, upstreamPort: 80, retries: undefined, timeout: undefined },
  ]);
  expect(check(EgressPort.http({ port: 8080 }))[0]).toMatchObject({
    upstreamPort: 8080,
    tls: undefined,
    timeout: undefined,
  });
});

test('TLS origination goes to 443 unless said otherwise', () => {
  expect(check(EgressPort.tlsOrigination())[0]).toMatchObject({ port: 80, upstreamPort: 443, tls: { mode: 'SIMPLE' } });
  expect(check(EgressPort.tlsOrigination({ port: 8080, upstreamPort: 8443 }))[0]).toMatchObject({
    port: 8080,
    upstreamPort: 8443,
  });
});

test('ports come in order of their number', () => {
  expect(check(EgressPort.http({ port: 8080 }), EgressPort.tlsOrigination()).map((port) => port.port)).toEqual([
    80, 8080,
  ]);
});

test.each([
  [Duration.millis(1), '0.001s'],
  [Duration.millis(1500), '1.5s'],
  [Duration.minutes(2), '120s'],
])('a timeout of %s is written as %s', (timeout, expected) => {
  expect(check(EgressPort.http({ timeout }))[0]).toMatchObject({ timeout: expected });
});

test.each([0, -1, 65536, 80.5, NaN, '80', 15001, 15006])('refuses port %j', (port) => {
  expect(() => check(EgressPort.http({ port: port as number }))).toThrow(failing('OutOfRange', '`port`'));
  expect(() => check(EgressPort.tlsOrigination({ upstreamPort: port as number }))).toThrow(
    failing('OutOfRange', '`upstreamPort`'),
  );
});

test('refuses no port, one port twice, a timeout that means none, and odd retries', () => {
  expect(() => check()).toThrow(failing('PortsMissing'));
  expect(() => check(EgressPort.http(), EgressPort.tlsOrigination())).toThrow(failing('PortConflict', '80'));
  expect(() => check(EgressPort.http({ timeout: Duration.millis(0) }))).toThrow(failing('OutOfRange', '0 ms'));
  expect(() => check(EgressPort.http({ retries: HttpRetries.idempotent(11) }))).toThrow(failing('OutOfRange', '11'));
  expect(() => check(EgressPort.http({ retries: HttpRetries.idempotent(0) }))).toThrow(failing('OutOfRange', '0'));
  expect(() => check(EgressPort.http({ retries: HttpRetries.anyMethod(1.5) }))).toThrow(failing('OutOfRange', '1.5'));
});

test.each([80, '80', null, undefined, {}])('%j is no port', (value) => {
  expect(() => check(value as any)).toThrow(failing('WrongType', 'EgressPort.http'));
});
