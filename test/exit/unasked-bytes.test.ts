import { EgressClient, EgressPort, EgressExit, TcpEgress, TcpPortOptions } from '../../src';
import { failing, world } from '../fixtures';
import { ambient } from '../waypoint/waypoint';

const account = EgressClient.serviceAccount('payments', 'checkout');
const whole = EgressClient.namespace('payments');
const open: TcpPortOptions = { anyoneInMeshMayReadWhatServerSendsUnasked: true };

function declaring(client: EgressClient, options: TcpPortOptions = {}, exitOf?: (scope: any) => EgressExit) {
  const { chart, platform, exit } = world();
  const to = exitOf?.(platform) ?? exit;
  return () =>
    new TcpEgress(chart, 'Db', { hosts: ['db.example'], port: 3306, exit: to, clients: [client], ...options });
}

test('a server decides about service accounts in the handshake, and about namespaces too late', () => {
  expect(declaring(account)).not.toThrow();
  expect(declaring(whole)).toThrow(failing('UnaskedBytes', 'name service accounts'));
  expect(declaring(whole, { anyoneInMeshMayReadWhatServerSendsUnasked: false })).toThrow(
    failing('UnaskedBytes', 'payments'),
  );
  expect(declaring(whole, open)).not.toThrow();
});

test('a waypoint waits for the first byte of everybody, unless it is said that it need not', () => {
  const protocol = (options: TcpPortOptions) => {
    const { exit, manifests } = ambient();
    exit.grant('A', { hosts: ['db.example'], ports: [EgressPort.tcp(3306, options)], clients: [account] });
    return manifests().only({ kind: 'ServiceEntry' }).spec.ports[0].protocol;
  };
  expect(protocol({})).toBe('TLS');
  expect(protocol(open)).toBe('TCP');
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
