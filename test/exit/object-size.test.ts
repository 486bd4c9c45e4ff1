import { EgressClient, EgressPort, HttpRule } from '../../src';
import { failing, world } from '../fixtures';

/** What etcd takes in one request. */
const STORED = 1.5 * 2 ** 20;
const clients = Array.from({ length: 20 }, (_, index) => EgressClient.serviceAccount('payments', `account-${index}`));
const host = (index: number) => `${'a'.repeat(60)}.${'b'.repeat(60)}.h${index}.example`;

/** Declares one host after the other until that is an error, which it returns. */
function untilRefused(declare: (host: string) => void): Error {
  for (let index = 0; ; index++) {
    try {
      declare(host(index));
    } catch (error) {
      return error as Error;
    }
  }
}

test('servers that Kubernetes could not store in one Gateway are an error, and what it could is not', () => {
  const { exit, manifests } = world();
  const error = untilRefused((one) => exit.grant(one, { hosts: [one], clients, ports: [EgressPort.tcp(5432)] }));
  expect(error.message).toMatch(failing('HostCount', "the exit's Gateway"));
  const { length } = JSON.stringify(manifests().only({ kind: 'Gateway' }));
  expect(length).toBeLessThan(STORED);
  expect(length).toBeGreaterThan(STORED * 0.75);
  const rule = JSON.stringify(manifests().only({ kind: 'DestinationRule', name: 'istio-egress.payments' }));
  expect(rule.length).toBeLessThan(length);
});

test('nor could those without identity, which nobody is let into by name', () => {
  const { exit, manifests } = world();
  const ports = [EgressPort.tlsPassthroughWithoutIdentity()];
  untilRefused((one) => exit.grant(one, { hosts: [one], clients, ports }));
  const { length } = JSON.stringify(manifests().only({ kind: 'Gateway' }));
  expect(length).toBeLessThan(STORED);
  expect(length).toBeGreaterThan(STORED * 0.75);
});

test('whatever else makes an object too large is an error when it is written: here, what rules say', () => {
  const { exit, manifests } = world();
  const paths = Array.from({ length: 5000 }, (_, index) => `/${'a'.repeat(300)}/${index}`);
  const grant = { hosts: ['a.example'], clients: [clients[0]], ports: [EgressPort.http()] };
  exit.grant('A', { ...grant, rules: [HttpRule.deny({ paths: paths.slice(2500) })] });
  expect(() => manifests()).not.toThrow();
  exit.grant('B', { ...grant, rules: [HttpRule.deny({ paths })] });
  expect(() => manifests()).toThrow(/\[HostCount\] .*AuthorizationPolicy istio-egress\.payments\.deny/);
});
