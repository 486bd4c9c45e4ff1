import { ambient } from './waypoint';
import {
  EgressClient,
  EgressPort,
  EgressWaypoint,
  IEgressExit,
  SharedEgressGateway,
  TcpEgress,
  TcpPortOptions,
} from '../../src';
import { failing, world } from '../fixtures';

const account = EgressClient.serviceAccount('payments', 'checkout');
const whole = EgressClient.namespace('payments');
const open: TcpPortOptions = { anyoneInMeshMayReadWhatServerSendsUnasked: true };

function declaring(client: EgressClient, options: TcpPortOptions = {}, exitOf?: (scope: any) => IEgressExit) {
  const { chart, platform, exit } = world();
  const to = exitOf?.(platform) ?? exit;
  return () =>
    new TcpEgress(chart, 'Db', { hosts: ['db.example'], port: 3306, exit: to, clients: [client], ...options });
}

const shared = (scope: any) =>
  new SharedEgressGateway(scope, 'Shared', {
    namespace: 'others',
    labels: { istio: 'others' },
    service: 'others',
    httpPort: 8080,
    httpTargetPort: 8080,
    tlsTargetPort: 8443,
  });

test.each([
  ['of a gateway', undefined],
  ['of a gateway that others use', shared],
])('a server %s decides about service accounts in the handshake, and about namespaces too late', (_, exitOf) => {
  expect(declaring(account, {}, exitOf)).not.toThrow();
  expect(declaring(whole, {}, exitOf)).toThrow(failing('UnaskedBytes', 'name service accounts'));
  expect(declaring(whole, { anyoneInMeshMayReadWhatServerSendsUnasked: false }, exitOf)).toThrow(
    failing('UnaskedBytes', 'payments'),
  );
  expect(declaring(whole, open, exitOf)).not.toThrow();
});

test('at a waypoint a policy decides about everybody', () => {
  const waypoint = (scope: any) => new EgressWaypoint(scope, 'Waypoint', { namespace: 'waypoints' });
  expect(declaring(account, {}, waypoint)).toThrow(failing('UnaskedBytes', 'use an EgressGateway'));
  expect(declaring(account, open, waypoint)).not.toThrow();
});

test('a TLS server sends nothing unasked', () => {
  const ports = [EgressPort.tlsPassthrough()];
  const { exit } = world();
  expect(() => exit.grant('A', { hosts: ['a.example'], ports, clients: [whole] })).not.toThrow();
  expect(() => ambient().exit.grant('A', { hosts: ['a.example'], ports, clients: [account] })).not.toThrow();
});

test('declarations of one host agree on it: what one opens is readable whatever the other says', () => {
  const { exit } = world();
  const grant = (id: string, client: EgressClient, options: TcpPortOptions) =>
    exit.grant(id, { hosts: ['db.example'], ports: [EgressPort.tcp(3306, options)], clients: [client] });
  grant('A', account, {});
  expect(() => grant('B', whole, open)).toThrow(failing('DestinationConflict', 'anyoneInMeshMayRead'));
});
