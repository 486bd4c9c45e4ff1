import { Duration } from 'cdk8s';
import { EgressPort, HostResolution, HttpRetries, UpstreamTls } from '../../src';
import { failing, world } from '../fixtures';

/** The exit hop of one host with these ports. */
function hop(...ports: EgressPort[]) {
  const { exit, clients, manifests } = world();
  exit.grant('A', { hosts: ['a.example'], ports, clients });
  const all = manifests();
  return {
    serviceEntry: all.only({ kind: 'ServiceEntry' }).spec,
    destinationRule: all.only({ kind: 'DestinationRule' }).spec,
    routes: all.only({ kind: 'VirtualService' }).spec.http,
    all,
  };
}

test('nothing of it is visible outside of the exit', () => {
  const { all } = hop(EgressPort.tlsOrigination());
  for (const kind of ['ServiceEntry', 'DestinationRule', 'VirtualService']) {
    all.has({ kind, namespace: 'istio-egress', name: 'istio-egress.a.example' }, { spec: { exportTo: ['.'] } });
  }
  all.has({ kind: 'VirtualService' }, { spec: { gateways: ['istio-egress'], hosts: ['a.example'] } });
});

test('TLS origination verifies chain and name, in a subset of its own', () => {
  const { serviceEntry, destinationRule, routes } = hop(EgressPort.tlsOrigination());
  expect(serviceEntry.ports).toEqual([{ name: 'tls-443', number: 443, protocol: 'TLS' }]);
  expect(destinationRule.trafficPolicy).toBeUndefined();
  expect(destinationRule.subsets).toEqual([
    {
      name: 'port-80',
      trafficPolicy: {
        connectionPool: { http: { useClientProtocol: true } },
        tls: { mode: 'SIMPLE', caCertificates: 'system', sni: 'a.example', subjectAltNames: ['a.example'] },
      },
    },
  ]);
  expect(routes[0].route).toEqual([{ destination: { host: 'a.example', port: { number: 443 }, subset: 'port-80' } }]);
});

test("mutual TLS shows the exit owner's certificate and verifies as well", () => {
  const { destinationRule } = hop(
    EgressPort.tlsOrigination({ tls: UpstreamTls.mutual('bank', { sni: 'edge.example' }) }),
  );
  expect(destinationRule.subsets[0].trafficPolicy.tls).toEqual({
    mode: 'MUTUAL',
    credentialName: 'bank',
    sni: 'edge.example',
    subjectAltNames: ['a.example'],
  });
});

test('plain HTTP stays plain', () => {
  const { serviceEntry, destinationRule } = hop(EgressPort.http({ port: 8080 }));
  expect(serviceEntry.ports).toEqual([{ name: 'http-8080', number: 8080, protocol: 'HTTP' }]);
  expect(destinationRule.subsets[0].trafficPolicy.tls).toBeUndefined();
});

test('retries are off, aloud, and the timeout stands at the exit', () => {
  const { routes } = hop(EgressPort.http({ timeout: Duration.seconds(3) }));
  expect(routes).toHaveLength(1);
  expect(routes[0]).toMatchObject({ retries: { attempts: 0 }, timeout: '3s' });
});

test('declared-safe retries leave POST alone', () => {
  const { routes } = hop(EgressPort.http({ retries: HttpRetries.idempotent(2) }));
  expect(routes.map((route: any) => [route.match?.[0].method.regex, route.retries.attempts])).toEqual([
    ['GET|HEAD|OPTIONS|TRACE|PUT|DELETE', 2],
    [undefined, 0],
  ]);
});

test('retries of any method need no telling apart', () => {
  const { routes } = hop(EgressPort.http({ retries: HttpRetries.anyMethod(1) }));
  expect(routes.map((route: any) => route.retries.attempts)).toEqual([1]);
});

test('several ports are told apart by the Host header, in any case', () => {
  const { serviceEntry, routes } = hop(EgressPort.tlsOrigination(), EgressPort.http({ port: 8080 }));
  expect(serviceEntry.ports.map((port: any) => port.number)).toEqual([443, 8080]);
  expect(routes.map((route: any) => [route.match[0].authority.regex, route.route[0].destination.port.number])).toEqual([
    ['(?i)a\\.example(:80)?', 443],
    ['(?i)a\\.example:8080', 8080],
  ]);
});

test.each([
  [EgressPort.tlsOrigination(), undefined],
  [EgressPort.http({ port: 8080 }), undefined],
  [EgressPort.tlsOrigination({ port: 8080 }), 'a.example'],
  [EgressPort.tlsOrigination({ upstreamPort: 8443 }), 'a.example:8443'],
])('the host reads its own port in the Host header (%#)', (port, authority) => {
  expect(hop(port).routes[0].rewrite?.authority).toBe(authority);
});

test('declarations of one host share its hop when they agree', () => {
  const { exit, clients, manifests } = world();
  const ports = [EgressPort.tlsOrigination({ timeout: Duration.seconds(1) })];
  exit.grant('A', { hosts: ['a.example'], ports, clients });
  exit.grant('B', { hosts: ['A.EXAMPLE'], ports: [...ports, EgressPort.http({ port: 8080 })], clients });
  manifests().countIs({ kind: 'VirtualService' }, 1);
  manifests().countIs({ kind: 'AuthorizationPolicy' }, 2);
});

test('declarations of one host that disagree are an error that names both', () => {
  const { exit, clients } = world();
  exit.grant('A', { hosts: ['a.example'], ports: [EgressPort.tlsOrigination()], clients });
  const clash = (id: string, options: object) => () =>
    exit.grant(id, { hosts: ['a.example'], ports: [], clients, ...options });
  expect(clash('B', { ports: [EgressPort.http()] })).toThrow(failing('DestinationConflict', 'platform/Exit/Grants/A'));
  expect(clash('C', { ports: [EgressPort.tlsOrigination({ timeout: Duration.seconds(1) })] })).toThrow(
    failing('DestinationConflict', '1s'),
  );
  expect(clash('D', { ports: [EgressPort.tlsOrigination()], resolution: HostResolution.DNS_ROUND_ROBIN })).toThrow(
    failing('DestinationConflict', 'DNS_ROUND_ROBIN'),
  );
  expect(clash('E', { ports: [EgressPort.http({ port: 443 })] })).toThrow(failing('PortConflict', '443'));
});

test('resolution follows the declaration; none is refused behind a gateway', () => {
  const { exit, clients, manifests } = world();
  const destination = { hosts: ['a.example'], ports: [EgressPort.http()], clients };
  exit.grant('A', { ...destination, resolution: HostResolution.DNS_ROUND_ROBIN });
  manifests().has({ kind: 'ServiceEntry' }, { spec: { resolution: 'DNS_ROUND_ROBIN' } });
  for (const resolution of [HostResolution.NONE, 'STATIC' as HostResolution]) {
    expect(() => exit.grant(resolution, { ...destination, resolution })).toThrow(
      failing('ResolutionNone', 'round for ever'),
    );
  }
});
