import { ambient, checkout } from './waypoint';
import { EgressWaypoint } from '../../src';
import { failing, openTcp, world } from '../fixtures';

const ports = [openTcp(22)];

/** Grants a TCP host with addresses. */
function grant(exit: EgressWaypoint, host: string, addresses?: string[]) {
  exit.grant(`${host} ${addresses}`, { hosts: [host], ports, clients: [checkout], addresses });
}

test('addresses that applications call are the host’s own; without any it has a virtual one', () => {
  const { exit, manifests } = ambient();
  grant(exit, 'a.example', ['192.0.2.8', '192.0.2.7']);
  grant(exit, 'a.example');
  grant(exit, 'b.example');
  const [a, b] = manifests().find({ kind: 'ServiceEntry' });
  expect(a.spec.addresses).toEqual(['192.0.2.7', '192.0.2.8']);
  expect(b.spec.addresses).toEqual([expect.stringMatching(/^241\./)]);
});

test('beside a gateway too', () => {
  const { platform, exit: beside, manifests } = world();
  grant(new EgressWaypoint(platform, 'W', { beside }), 'a.example', ['192.0.2.7']);
  const [{ spec }] = manifests().find({ kind: 'ServiceEntry', namespace: 'istio-egress' });
  expect(spec.addresses).toEqual(['192.0.2.7']);
});

test('no ranges, which calls would leave straight', () => {
  expect(() => grant(ambient().exit, 'a.example', ['192.0.2.0/28'])).toThrow(
    failing('ExitCannotCarry', '192.0.2.0/28'),
  );
});

test('one host to an address, because ztunnel knows no ports', () => {
  const { exit } = ambient();
  grant(exit, 'a.example', ['192.0.2.7']);
  expect(() => grant(exit, 'b.example', ['192.0.2.7'])).toThrow(failing('CaptureConflict', '192.0.2.7'));
});
