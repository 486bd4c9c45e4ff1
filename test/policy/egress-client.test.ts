import { Testing } from 'cdk8s';
import { EgressClient, Mesh } from '../../src';
import { checkClients } from '../../src/policy/egress-client';
import { failing } from '../fixtures';

const check = (...clients: EgressClient[]) => checkClients(Testing.chart(), clients).map(String);

test('clients come once and in a fixed order', () => {
  const [a, b] = [EgressClient.namespace('b'), EgressClient.serviceAccount('a', 'x')];
  expect(check(a, b, EgressClient.namespace('b'))).toEqual(['a/x', 'b/*']);
  expect(check(b, a)).toEqual(check(a, b));
});

test('nobody is no client', () => {
  expect(() => check()).toThrow(failing('ClientsMissing'));
  expect(() => checkClients(Testing.chart(), undefined)).toThrow(
    failing('ClientsMissing', 'EgressClient.serviceAccount'),
  );
});

test.each(['payments', { namespace: 'payments' }, { namespaceName: undefined }, null, undefined, 1])(
  '%j is no client',
  (value) => {
    expect(() => check(value as any)).toThrow(failing('WrongType', 'EgressClient.namespace'));
  },
);

test('anyInMesh stands alone', () => {
  expect(check(EgressClient.anyInMesh(), EgressClient.anyInMesh())).toEqual(['*']);
  expect(() => check(EgressClient.anyInMesh(), EgressClient.namespace('a'))).toThrow(failing('ClientAnyAlone', 'a/*'));
});

test.each([['Upper'], ['a.b'], ['*'], ['']])('refuses the namespace %j', (namespace) => {
  expect(() => EgressClient.namespace(namespace)).toThrow(failing('NameSyntax', namespace));
});

test.each([['a/b'], ['*'], [''], ['a..b'], ['-a'], ['x.-y']])('refuses the service account %j', (name) => {
  expect(() => EgressClient.serviceAccount('ns', name)).toThrow(failing('NameSyntax', name));
});

test('a service account may have dots where Istio takes them literally', () => {
  const client = EgressClient.serviceAccount('a', 'cert-manager.io');
  expect(check(client)).toEqual(['a/cert-manager.io']);
  const old = Testing.chart();
  Mesh.configure(old, { istioVersion: '1.28.5' });
  expect(() => checkClients(old, [client])).toThrow(failing('ServiceAccountDots', 'CVE-2026-39350'));
});
