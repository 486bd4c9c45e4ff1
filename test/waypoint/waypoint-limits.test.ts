import { ambient, checkout } from './waypoint';
import { EgressGrantOptions, EgressPort, HostResolution, UpstreamHttp } from '../../src';
import { failing } from '../fixtures';

function granting(grant: Partial<EgressGrantOptions>, istioVersion?: string) {
  const { exit, manifests } = ambient(undefined, { istioVersion });
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
  [{ ports: [EgressPort.http({ upstreamHttp: UpstreamHttp.HTTP_2 })] }, 'HTTP/1.1'],
  [{ ports: [EgressPort.tlsPassthrough()] }, 'ENABLE_WILDCARD_HOST_SERVICE_ENTRIES_FOR_TLS'],
  [{ ports: [EgressPort.tcp(5432)] }, 'port 5432'],
  [{ connectionLimits: { maxConnections: 9 } }, 'connectionLimits'],
  [{ resolution: HostResolution.DNS_ROUND_ROBIN }, 'resolution'],
] as [Partial<EgressGrantOptions>, string][])('no wildcard with %j', (grant, part) => {
  expect(granting(grant)).toThrow(failing('HostWildcard', part));
});

describe('TLS below a wildcard, where istiod allows it', () => {
  const tls = { hosts: ['*.a.example'], ports: [EgressPort.tlsPassthrough()], clients: [checkout] };
  const mesh = (istioVersion: string) => ({ istioVersion, waypointTlsWildcards: true });

  test('goes by the server name, and to no name that is not below it or has grants of its own', () => {
    const { exit, manifests } = ambient(undefined, mesh('1.29'));
    exit.grant('Wildcard', tls);
    exit.grant('One', { ...tls, hosts: ['one.a.example'] });
    expect(manifests().only({ kind: 'ServiceEntry', name: 'egress-waypoint.any.a.example' }).spec).toMatchObject({
      hosts: ['*.a.example'],
      resolution: 'DYNAMIC_DNS',
      ports: [{ number: 443, protocol: 'TLS' }],
    });
    const [rule] = manifests().only({ kind: 'AuthorizationPolicy', name: 'egress-waypoint.any.a.example' }).spec.rules;
    expect(rule.when).toEqual([{ key: 'connection.sni', values: ['*.a.example'], notValues: ['one.a.example'] }]);
  });

  test('needs Istio 1.29', () => {
    const { exit } = ambient(undefined, mesh('1.28'));
    expect(() => exit.grant('Wildcard', tls)).toThrow(failing('VersionUnsupported', 'Istio 1.29'));
  });
});

test('in ambient there is no hop without identity', () => {
  const ports = [EgressPort.tlsPassthroughWithoutIdentity()];
  expect(granting({ hosts: ['a.example'], ports })).toThrow(failing('ExitCannotCarry', 'port 443'));
});
