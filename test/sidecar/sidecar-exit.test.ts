import { Chart, Duration, Testing } from 'cdk8s';
import {
  Egress,
  EgressClient,
  EgressPort,
  EgressProps,
  HostResolution,
  HttpRetries,
  HttpRule,
  Mesh,
  MeshSettings,
  SidecarExit,
  TlsCredential,
  UpstreamHttp,
  UpstreamTls,
} from '../../src';
import { Manifests } from '../../src/assertions';
import { virtualAddress } from '../../src/destination/captured-addresses';
import { failing } from '../fixtures';

const clients = [EgressClient.namespace('tools')];

/** What a declaration straight out of the sidecars makes. */
function direct(props: Partial<EgressProps>, mesh: MeshSettings = {}) {
  const app = Testing.app();
  Mesh.configure(app, mesh);
  const chart = new Chart(app, 'tools');
  const exit = new SidecarExit();
  const egress = new Egress(chart, 'A', { hosts: ['a.example'], exit, clients, ports: [EgressPort.http()], ...props });
  return { egress, all: Manifests.fromChart(chart), lines: Egress.describe(app) };
}

test('every namespace has the objects of its own calls, which nobody else sees', () => {
  const both = [...clients, EgressClient.namespace('lab')];
  const { egress, all } = direct({ clients: both, ports: [EgressPort.tlsOrigination()] });
  expect(egress.clientHops.map(({ namespace }) => namespace)).toEqual(['lab', 'tools']);
  for (const namespace of ['lab', 'tools']) {
    for (const kind of ['ServiceEntry', 'DestinationRule', 'VirtualService']) {
      all.has({ kind, namespace, name: `${namespace}.a.example` }, { spec: { exportTo: ['.'] } });
    }
  }
  expect(all.all).toHaveLength(6);
});

test('the sidecar knows the called port, and the port of the host as its target', () => {
  const ports = [
    EgressPort.tlsOrigination({ timeout: Duration.seconds(5), retries: HttpRetries.anyMethod(2) }),
    EgressPort.tlsPassthrough({ port: 8443, upstreamPort: 443 }),
  ];
  const { all } = direct({ ports });
  expect(all.only({ kind: 'ServiceEntry' }).spec.ports).toEqual([
    { name: 'http-80', number: 80, protocol: 'HTTP', targetPort: 443 },
    { name: 'tls-8443', number: 8443, protocol: 'TLS', targetPort: 443 },
  ]);
  const [route] = all.only({ kind: 'VirtualService' }).spec.http;
  expect(route).toMatchObject({
    match: [{ port: 80 }],
    timeout: '5s',
    retries: { attempts: 2 },
    route: [{ destination: { host: 'a.example', port: { number: 80 }, subset: 'port-80' } }],
  });
  expect(route.headers.request.remove).toContain('x-forwarded-client-cert');
});

test('what the sidecar passes on unread needs to be known, and no more', () => {
  const { egress, all } = direct({ ports: [EgressPort.tlsPassthrough()] });
  expect(all.all.map(({ kind }) => kind)).toEqual(['ServiceEntry']);
  expect(egress.clientHop('tools').virtualServices).toEqual([]);
});

test('limits, outliers and endpoints are those of the sidecar', () => {
  const { all } = direct({
    ports: [EgressPort.tcp(5432)],
    endpoints: [{ address: '192.0.2.7' }],
    addresses: ['10.0.0.0/24'],
    connectionLimits: { maxConnections: 5 },
  });
  all.has(
    { kind: 'ServiceEntry' },
    { spec: { resolution: 'STATIC', endpoints: [{ address: '192.0.2.7' }], addresses: ['10.0.0.0/24'] } },
  );
  all.has({ kind: 'DestinationRule' }, { spec: { trafficPolicy: { connectionPool: { tcp: { maxConnections: 5 } } } } });
});

test('TCP hosts are known by addresses', () => {
  const ports = [EgressPort.tcp(5432)];
  const addresses = (props: object, mesh?: MeshSettings) =>
    direct({ ports, ...props }, mesh).all.only({ kind: 'ServiceEntry' }).spec.addresses;
  expect(addresses({}, { dnsProxying: true })).toEqual([virtualAddress('a.example')]);
  expect(addresses({ addresses: ['192.0.2.7'] })).toEqual(['192.0.2.7']);
  expect(addresses({})).toBeUndefined();
  expect(() => direct({ ports: [EgressPort.tcp(443)] })).toThrow(failing('AddressSyntax', '443'));
});

test('a range cannot be what DNS finds: Istio takes ranges only with endpoints that are addresses', () => {
  const props = { ports: [EgressPort.tcp(5432)], addresses: ['10.45.7.0/24'] };
  expect(() => direct(props)).toThrow(failing('ExitCannotCarry', '10.45.7.0/24'));
  expect(() => direct({ ...props, endpoints: [{ address: 'db.example' }] })).toThrow(failing('ExitCannotCarry'));
  expect(() => direct({ ...props, endpoints: [{ address: '10.45.7.9' }] })).not.toThrow();
});

const below = { hosts: ['*.a.example'] };

test('names below a wildcard are looked up when they are called, with nothing else said of them', () => {
  const { all } = direct({ ...below, ports: [EgressPort.http(), EgressPort.tlsPassthrough()] });
  all.has({ kind: 'ServiceEntry', name: 'tools.any.a.example' }, { spec: { resolution: 'DYNAMIC_DNS' } });
  // Istio makes no subsets of them, and Envoy would take no cluster at all with a rule about HTTP.
  all.countIs({ kind: 'DestinationRule' }, 0);
  const [{ route }] = all.only({ kind: 'VirtualService' }).spec.http;
  expect(route).toEqual([{ destination: { host: '*.a.example', port: { number: 80 } } }]);
});

test('a wildcard with its server is no matter of DNS', () => {
  const { all } = direct({ ...below, endpoints: [{ address: 'www.a.example' }], ports: [EgressPort.tlsOrigination()] });
  all.has({ kind: 'ServiceEntry' }, { spec: { resolution: 'DNS', endpoints: [{ address: 'www.a.example' }] } });
  all.has({ kind: 'DestinationRule' }, { spec: { subsets: [{ name: 'port-80' }] } });
});

test.each([
  ['TLS origination', { ports: [EgressPort.tlsOrigination()] }],
  ['HTTP/2', { ports: [EgressPort.http({ upstreamHttp: UpstreamHttp.HTTP_2 })] }],
  ['TCP', { ports: [EgressPort.tcp(5432)], addresses: ['192.0.2.7'] }],
  ['another resolution', { resolution: HostResolution.DNS_ROUND_ROBIN }],
  ['limits', { connectionLimits: { maxConnections: 5 } }],
  ['outliers', { outlierDetection: {} }],
])('names that are looked up so cannot have %s', (_, props) => {
  expect(() => direct({ ...below, ...props })).toThrow(failing('HostWildcard'));
});

test('names are looked up so from Istio 1.30 on', () => {
  expect(() => direct(below, { istioVersion: '1.29.2' })).toThrow(failing('VersionUnsupported', '*.a.example'));
  expect(() => direct(below, { istioVersion: '1.30' })).not.toThrow();
});

test.each([
  ['a service account', { clients: [EgressClient.serviceAccount('tools', 'builder')] }, 'tools/builder'],
  ['the whole mesh', { clients: [EgressClient.anyInMesh()] }, '*'],
  ['rules', { rules: [HttpRule.allow({ methods: ['GET'] })] }, '1 rules'],
  [
    'a client certificate',
    { ports: [EgressPort.tlsOrigination({ tls: UpstreamTls.mutual(TlsCredential.named('bank')) })] },
    'bank',
  ],
  [
    'a private authority',
    { ports: [EgressPort.tlsOrigination({ tls: UpstreamTls.simple({ caCredential: TlsCredential.named('ca') }) })] },
    'ca',
  ],
])('does not promise what it cannot keep: %s', (_, props, given) => {
  expect(() => direct(props)).toThrow(failing('ExitCannotCarry', given));
});

test('says aloud that nothing is enforced', () => {
  expect(direct({}).lines[0]).toContain('their own sidecars (not enforced: nobody checks who calls)');
});

test('says where Envoy tells the host which port was called', () => {
  const told = (port: number) => direct({ ports: [EgressPort.tlsOrigination({ port })] }).lines[0];
  expect(told(8080)).toContain('Envoy tells the host which port was called');
  expect(told(80)).not.toContain('which port');
});
