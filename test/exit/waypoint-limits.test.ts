import { ambient, checkout } from './waypoint';
import { EgressGrantOptions, EgressPort, HostResolution } from '../../src';
import { failing } from '../fixtures';

function granting(grant: Partial<EgressGrantOptions>, istioVersion?: string) {
  const { exit, manifests } = ambient(undefined, istioVersion);
  const usual = { hosts: ['*.a.example'], ports: [EgressPort.http()], clients: [checkout] };
  return () => {
    exit.grant('A', { ...usual, ...grant });
    return manifests();
  };
}

test('names below a wildcard are looked up when a call comes, from Istio 1.28 on', () => {
  expect(granting({}, '1.27')).toThrow(failing('VersionUnsupported', 'Istio 1.28'));
  const manifests = granting({}, '1.28')();
  const { spec } = manifests.only({ kind: 'ServiceEntry' });
  expect(spec).toMatchObject({ hosts: ['*.a.example'], resolution: 'DYNAMIC_DNS' });
  expect(spec.addresses).toBeUndefined();
  manifests.countIs({ kind: 'DestinationRule' }, 0);
  const [{ destination }] = manifests.only({ kind: 'VirtualService' }).spec.http[0].route;
  expect(destination).toEqual({ host: '*.a.example', port: { number: 80 } });
});

test.each([
  [{ endpoints: [{ address: 'edge.example' }] }, 'virtual address'],
  [{ ports: [EgressPort.tlsOrigination()] }, 'port 80'],
  [{ ports: [EgressPort.tlsPassthrough()] }, 'port 443'],
  [{ ports: [EgressPort.tcp(5432)] }, 'port 5432'],
  [{ connectionLimits: { maxConnections: 9 } }, 'connectionLimits'],
  [{ resolution: HostResolution.DNS_ROUND_ROBIN }, 'resolution'],
] as [Partial<EgressGrantOptions>, string][])('no wildcard with %j', (grant, part) => {
  expect(granting(grant)).toThrow(failing('HostWildcard', part));
});

test('in ambient there is no hop without identity', () => {
  const ports = [EgressPort.tlsPassthroughWithoutIdentity()];
  expect(granting({ hosts: ['a.example'], ports })).toThrow(failing('ExitCannotCarry', 'port 443'));
});
