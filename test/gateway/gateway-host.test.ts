import { Duration } from 'cdk8s';
import {
  Egress,
  EgressGrantOptions,
  EgressPort,
  HostResolution,
  HttpRetries,
  TlsCredential,
  UpstreamHttp,
  UpstreamTls,
} from '../../src';
import { virtualAddress } from '../../src/destination/captured-addresses';
import { failing, world } from '../fixtures';

const HOST_RULE = { kind: 'DestinationRule', name: 'istio-egress.a.example' };
const BELOW_RULE = { kind: 'DestinationRule', name: 'istio-egress.any.example.com' };

/** The exit hop of one host with these ports. */
function hop(...ports: EgressPort[]) {
  const { exit, clients, manifests } = world();
  exit.grant('A', { hosts: ['a.example'], ports, clients });
  const all = manifests();
  return {
    serviceEntry: all.only({ kind: 'ServiceEntry' }).spec,
    destinationRule: all.only(HOST_RULE).spec,
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
        connectionPool: { http: { h2UpgradePolicy: 'DO_NOT_UPGRADE' } },
        tls: { mode: 'SIMPLE', caCertificates: 'system', sni: 'a.example', subjectAltNames: ['a.example'] },
      },
    },
  ]);
  expect(routes[0].route).toEqual([{ destination: { host: 'a.example', port: { number: 443 }, subset: 'port-80' } }]);
});

test("mutual TLS shows the exit owner's certificate and verifies as well", () => {
  const { destinationRule } = hop(
    EgressPort.tlsOrigination({ tls: UpstreamTls.mutual(TlsCredential.named('bank'), { sni: 'edge.example' }) }),
  );
  expect(destinationRule.subsets[0].trafficPolicy.tls).toEqual({
    mode: 'MUTUAL',
    credentialName: 'bank',
    sni: 'edge.example',
    subjectAltNames: ['a.example'],
  });
});

test('beside a port that originates TLS, plain HTTP has a subset too, else analyze takes its route for a mistake', () => {
  const { destinationRule, routes } = hop(EgressPort.tlsOrigination(), EgressPort.http({ port: 8080 }));
  const names = ['port-80', 'port-8080'];
  expect(destinationRule.subsets.map(({ name }: any) => name)).toEqual(names);
  expect(routes.map(({ route }: any) => route[0].destination.subset)).toEqual(names);
});

test('plain HTTP stays plain, and needs no subset', () => {
  const { serviceEntry, destinationRule } = hop(EgressPort.http({ port: 8080 }));
  expect(serviceEntry.ports).toEqual([{ name: 'http-8080', number: 8080, protocol: 'HTTP' }]);
  expect(destinationRule).toMatchObject({
    trafficPolicy: { connectionPool: { http: { h2UpgradePolicy: 'DO_NOT_UPGRADE' } } },
  });
  expect([destinationRule.subsets, destinationRule.trafficPolicy.tls]).toEqual([undefined, undefined]);
});

describe('the version of HTTP towards the host', () => {
  const { HTTP_1_1, HTTP_2, AS_CALLED } = UpstreamHttp;
  const said = (subset: any) => subset.trafficPolicy.connectionPool.http;

  test.each([
    [undefined, { h2UpgradePolicy: 'DO_NOT_UPGRADE' }],
    [HTTP_1_1, { h2UpgradePolicy: 'DO_NOT_UPGRADE' }],
    [HTTP_2, { h2UpgradePolicy: 'UPGRADE' }],
    [AS_CALLED, { useClientProtocol: true }],
  ])('%s', (upstreamHttp, expected) => {
    expect(said(hop(EgressPort.http({ upstreamHttp })).destinationRule)).toEqual(expected);
    expect(said(hop(EgressPort.tlsOrigination({ upstreamHttp })).destinationRule.subsets[0])).toEqual(expected);
  });

  test('two of them on one host are told apart by subsets', () => {
    const ports = [EgressPort.http({ upstreamHttp: HTTP_2 }), EgressPort.http({ port: 8080 })];
    const { destinationRule, routes } = hop(...ports);
    expect(destinationRule.trafficPolicy).toBeUndefined();
    expect(destinationRule.subsets.map(said)).toEqual([
      { h2UpgradePolicy: 'UPGRADE' },
      { h2UpgradePolicy: 'DO_NOT_UPGRADE' },
    ]);
    expect(routes.map(({ route }: any) => route[0].destination.subset)).toEqual(['port-80', 'port-8080']);
  });

  test('two declarations of a host agree on it', () => {
    const { exit, clients } = world();
    const grant = (id: string, upstreamHttp: UpstreamHttp) =>
      exit.grant(id, { hosts: ['a.example'], ports: [EgressPort.http({ upstreamHttp })], clients });
    grant('A', HTTP_2);
    expect(() => grant('B', AS_CALLED)).toThrow(failing('DestinationConflict', 'upstreamHttp of port 80'));
  });

  test('anything else is none', () => {
    expect(() => hop(EgressPort.http({ upstreamHttp: 'HTTP_3' as any }))).toThrow(failing('WrongType', 'HTTP_3'));
  });
});

test('retries are off, aloud, and the timeout stands at the exit', () => {
  const { routes } = hop(EgressPort.http({ timeout: Duration.seconds(3) }));
  expect(routes).toHaveLength(1);
  expect(routes[0]).toMatchObject({ retries: { attempts: 0 }, timeout: '3s' });
});

test('declared-safe retries leave POST alone', () => {
  const { routes } = hop(EgressPort.http({ retries: HttpRetries.idempotent(2) }));
  expect(routes.map((route: any) => [route.match[0].method?.regex, route.retries.attempts])).toEqual([
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
    ['[^:]+(:80)?', 443],
    ['[^:]+:8080', 8080],
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
  for (const resolution of ['NONE', 'STATIC'] as unknown as HostResolution[]) {
    expect(() => exit.grant(resolution, { ...destination, resolution })).toThrow(
      failing('ResolutionNone', 'round for ever'),
    );
  }
});

/** What a grant of one host makes. */
function granted(...grants: Partial<EgressGrantOptions>[]) {
  const { exit, clients, manifests } = world();
  grants.forEach((grant, i) => exit.grant(`Grant${i}`, { hosts: ['a.example'], ports: [], clients, ...grant }));
  return { all: manifests(), hop: exit.host(grants[0].hosts?.[0] ?? 'a.example') };
}

test('each port that nobody reads has a server, asked for by name, and a route to the host', () => {
  const { all, hop: made } = granted({
    ports: [EgressPort.tlsPassthrough(), EgressPort.tcp(5432, { upstreamPort: 6432 })],
  });
  const [, ...servers] = all.only({ kind: 'Gateway' }).spec.servers;
  const tls = { mode: 'ISTIO_MUTUAL', subjectAltNames: ['spiffe://cluster.local/ns/payments/sa/checkout'] };
  expect(servers).toEqual([
    { port: { name: 'sa-443-a-example', number: 443, protocol: 'TLS' }, tls, hosts: ['./sa.443.a.example'] },
    { port: { name: 'sa-5432-a-example', number: 443, protocol: 'TLS' }, tls, hosts: ['./sa.5432.a.example'] },
  ]);
  const routes = all
    .find({ kind: 'VirtualService' })
    .map(({ metadata, spec }) => [metadata.name, spec.hosts, spec.tcp]);
  const to = (number: number) => [
    { match: [{ port: 443 }], route: [{ destination: { host: 'a.example', port: { number } } }] },
  ];
  expect(routes).toEqual([
    ['istio-egress.443.a.example', ['sa.443.a.example'], to(443)],
    ['istio-egress.5432.a.example', ['sa.5432.a.example'], to(6432)],
  ]);
  expect(made.opaqueVirtualServices).toHaveLength(2);
  expect([made.virtualService, made.destinationRule]).toEqual([undefined, undefined]);
});

test('a Service of its own leads to these servers, once there are any', () => {
  const services = (ports: EgressPort[]) =>
    granted({ ports })
      .all.find({ kind: 'Service' })
      .map(({ metadata, spec }) => [metadata.name, spec.ports[0].targetPort]);
  expect(services([EgressPort.http()])).toEqual([['istio-egress', 8080]]);
  expect(services([EgressPort.tcp(22)])).toEqual([
    ['istio-egress', 8080],
    ['istio-egress-tls', 8443],
  ]);
});

test('a host with TCP has an address that nobody connects to, so that it takes no port of every address', () => {
  const addresses = (...ports: EgressPort[]) => granted({ ports }).all.only({ kind: 'ServiceEntry' }).spec.addresses;
  expect(addresses(EgressPort.tcp(5432))).toEqual([virtualAddress('a.example')]);
  expect(addresses(EgressPort.tlsPassthrough())).toBeUndefined();
});

test('without identity the host itself is asked for, and its TLS is passed on', () => {
  const { all } = granted({ ports: [EgressPort.tlsPassthroughWithoutIdentity({ upstreamPort: 8443 })] });
  const [, server] = all.only({ kind: 'Gateway' }).spec.servers;
  expect(server).toMatchObject({ tls: { mode: 'PASSTHROUGH' }, hosts: ['./a.example'] });
  expect(all.only({ kind: 'VirtualService' }).spec.tls).toEqual([
    {
      match: [{ port: 443, sniHosts: ['a.example'] }],
      route: [{ destination: { host: 'a.example', port: { number: 8443 } } }],
    },
  ]);
});

test('HTTP and TLS of one host share what they can', () => {
  const { all } = granted({ ports: [EgressPort.tlsOrigination(), EgressPort.tlsPassthrough()] });
  expect(all.only({ kind: 'ServiceEntry' }).spec.ports).toEqual([{ name: 'tls-443', number: 443, protocol: 'TLS' }]);
  // TLS stands in the subset of HTTP: what the application has encrypted goes past it.
  expect(all.only(HOST_RULE).spec.subsets.map(({ name }: any) => name)).toEqual(['port-80']);
});

test('one port of the host speaks one protocol, and one of its ports may be without identity', () => {
  const clash =
    (...ports: EgressPort[]) =>
    () =>
      granted({ ports });
  expect(clash(EgressPort.tcp(443), EgressPort.tlsOrigination())).toThrow(failing('PortConflict', 'TCP'));
  expect(clash(EgressPort.tcp(8080), EgressPort.http({ port: 80 }))).not.toThrow();
  expect(
    clash(EgressPort.tlsPassthroughWithoutIdentity(), EgressPort.tlsPassthroughWithoutIdentity({ port: 8443 })),
  ).toThrow(failing('PortConflict', 'without identity'));
  expect(clash(EgressPort.tlsPassthroughWithoutIdentity(), EgressPort.tlsPassthrough({ port: 8443 }))).not.toThrow();
});

test('two declarations agree on who is checked', () => {
  expect(() =>
    granted({ ports: [EgressPort.tlsPassthrough()] }, { ports: [EgressPort.tlsPassthroughWithoutIdentity()] }),
  ).toThrow(failing('DestinationConflict', 'kind of port 443'));
});

test('endpoints stand for the host, which is still the one that is asked for', () => {
  const endpoints = [
    { address: '192.0.2.7', weight: 80, locality: 'eu-west/a' },
    { address: '2001:db8::7', weight: 20, locality: 'eu-west/b' },
  ];
  const { all } = granted({ ports: [EgressPort.tlsOrigination()], endpoints, outlierDetection: {} });
  all.has({ kind: 'ServiceEntry' }, { spec: { resolution: 'STATIC', endpoints } });
  all.has(HOST_RULE, { spec: { subsets: [{ trafficPolicy: { tls: { sni: 'a.example' } } }] } });
});

test('limits hold for every port of the host, and failures in a row leave an address out', () => {
  const { all } = granted({
    ports: [EgressPort.tlsOrigination(), EgressPort.tlsPassthrough()],
    connectionLimits: { maxConnections: 10, maxRequests: 20 },
    outlierDetection: { consecutiveFailures: 3 },
  });
  const { trafficPolicy, subsets } = all.only(HOST_RULE).spec;
  expect(trafficPolicy).toEqual({
    connectionPool: { tcp: { maxConnections: 10 }, http: { http2MaxRequests: 20 } },
    outlierDetection: {
      consecutiveGatewayErrors: 3,
      consecutive5xxErrors: 0,
      interval: '5s',
      baseEjectionTime: '30s',
      maxEjectionPercent: 50,
    },
  });
  // What a subset says of connections takes the place of what stands at the top.
  expect(subsets[0].trafficPolicy.connectionPool).toEqual({
    tcp: { maxConnections: 10 },
    http: { http2MaxRequests: 20, h2UpgradePolicy: 'DO_NOT_UPGRADE' },
  });
});

test('limits are said for ports that nobody reads, too', () => {
  const { all } = granted({ ports: [EgressPort.tcp(5432)], connectionLimits: { maxConnections: 5 } });
  all.has(HOST_RULE, { spec: { trafficPolicy: { connectionPool: { tcp: { maxConnections: 5 } } } } });
});

test('declarations of one host agree on endpoints, limits and outliers', () => {
  const clash = (one: object, other: object) => () =>
    granted({ ports: [EgressPort.http()], ...one }, { ports: [EgressPort.http()], ...other });
  expect(clash({}, { connectionLimits: { maxConnections: 1 } })).toThrow(failing('DestinationConflict', 'upstream'));
  expect(clash({ outlierDetection: {} }, {})).toThrow(failing('DestinationConflict', 'upstream'));
  expect(clash({ endpoints: [{ address: '192.0.2.1' }] }, { endpoints: [{ address: '192.0.2.2' }] })).toThrow(
    failing('DestinationConflict', '192.0.2.1'),
  );
});

const endpoints = [{ address: 'www.example.com' }];

test('a wildcard leads to its server, and the certificate must carry the name that was called', () => {
  const { all } = granted({ hosts: ['*.example.com'], endpoints, ports: [EgressPort.tlsOrigination()] });
  all.has(
    { kind: 'ServiceEntry', name: 'istio-egress.any.example.com' },
    { spec: { hosts: ['*.example.com'], resolution: 'DNS', endpoints } },
  );
  // Envoy asks for the called name, and verifies it, only where neither is set.
  expect(all.only(BELOW_RULE).spec.subsets[0].trafficPolicy.tls).toEqual({
    mode: 'SIMPLE',
    caCertificates: 'system',
  });
});

test('a server name of its own for a wildcard is verified: Istio would check no name', () => {
  const names = (tls: UpstreamTls) => {
    const ports = [EgressPort.tlsOrigination({ tls })];
    const { spec } = granted({ hosts: ['*.example.com'], endpoints, ports }).all.only(BELOW_RULE);
    return [spec.subsets[0].trafficPolicy.tls.sni, spec.subsets[0].trafficPolicy.tls.subjectAltNames];
  };
  expect(names(UpstreamTls.simple({ sni: 'edge.example' }))).toEqual(['edge.example', ['edge.example']]);
  expect(names(UpstreamTls.mutual(TlsCredential.named('bank'), { subjectAltNames: ['a', 'b'] }))).toEqual([
    undefined,
    ['a', 'b'],
  ]);
});

test('a wildcard on several ports is told apart by any name below it', () => {
  const { all } = granted({
    hosts: ['*.example.com'],
    endpoints,
    ports: [EgressPort.tlsOrigination(), EgressPort.http({ port: 8080 })],
  });
  const patterns = all.only({ kind: 'VirtualService' }).spec.http.map((route: any) => route.match[0].authority.regex);
  expect(patterns).toEqual(['(?i)([\\w-]+\\.)+example\\.com(:80)?', '(?i)([\\w-]+\\.)+example\\.com:8080']);
});

test('names below a wildcard that look alike have routes of their own', () => {
  const { all } = granted({
    hosts: ['*.example.com', 'my-any.example.com', 'my.any.example.com'],
    endpoints,
    ports: [EgressPort.tlsPassthrough()],
  });
  expect(all.find({ kind: 'VirtualService' }).map(({ metadata }) => metadata.name)).toEqual([
    'istio-egress.443.any.example.com',
    'istio-egress.443.my-any.example.com',
    'istio-egress.443.my.any.example.com',
  ]);
});

test.each([
  ['endpoints that are not said', { endpoints: undefined, ports: [EgressPort.http()] }, 'HostWildcard', 'DYNAMIC_DNS'],
  ['a TCP port', { ports: [EgressPort.tcp(5432)] }, 'HostWildcard', '5432'],
  ['a Host header to rewrite', { ports: [EgressPort.tlsOrigination({ port: 8080 })] }, 'ExitCannotCarry', '8080'],
])('a wildcard with %s cannot be carried', (_, grant, code, part) => {
  expect(() => granted({ hosts: ['*.example.com'], endpoints, ...grant })).toThrow(failing(code, part));
});

test.each([
  ['the route of one port', [EgressPort.tlsOrigination()]],
  ['the routes of several', [EgressPort.tlsOrigination(), EgressPort.http({ port: 8080 })]],
])('%s reads the whole Host header, as the policy does: Envoy finds it by what stands before the colon', (_, ports) => {
  for (const { match } of hop(...ports).routes) {
    const pattern = new RegExp(`^(${match[0].authority.regex})$`);
    expect('A.example:80'.match(pattern) ?? 'A.example:8080'.match(pattern)).not.toBeNull();
    for (const other of ['a.example:b.example', 'a.example:80:b.example', 'a.example:', ':80']) {
      expect(other).not.toMatch(pattern);
    }
  }
});

test('a host that is called as a wildcard is written stands beside the wildcard', () => {
  const { exit, chart, clients, manifests } = world();
  const names = ['*.example.com', 'any.example.com', 'any-host.example.com', '443.example.com'];
  const ports = [EgressPort.http(), EgressPort.tlsPassthrough()];
  new Egress(chart, 'A', { hosts: [...names, 'example.com'], endpoints, exit, clients, ports });
  const objects = manifests()
    .find({ namespace: 'istio-egress' })
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  expect(new Set(objects).size).toBe(objects.length);
});
