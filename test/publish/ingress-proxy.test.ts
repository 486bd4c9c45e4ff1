import { Chart, Testing } from 'cdk8s';
import {
  Egress,
  EgressPort,
  HttpRetries,
  IngressGateway,
  IngressProxy,
  IngressProxyProps,
  Mesh,
  MeshAccess,
  OutboundTrafficPolicy,
  TlsCredential,
  UpstreamProxy,
} from '../../src';
import { Manifests } from '../../src/assertions';
import { servedPath } from '../../src/publish/served-paths';
import { failing } from '../fixtures';

const ingress = IngressGateway.imported();
const http = [EgressPort.http()];

function proxied(props: Partial<IngressProxyProps> = {}, mesh = {}) {
  const app = Testing.app();
  Mesh.configure(app, mesh);
  const chart = new Chart(app, 'proxy');
  const proxy = new IngressProxy(chart, 'Bin', { ingress, hosts: ['httpbin.org'], ports: http, ...props });
  return { app, chart, proxy, manifests: () => Manifests.fromApp(app) };
}
const routes = (props?: Partial<IngressProxyProps>) => proxied(props).manifests().only({ kind: 'VirtualService' }).spec;

test('everything stands beside the ingress gateway, and only what its Gateway serves is led', () => {
  const { proxy, manifests } = proxied({ hosts: ['httpbin.org', 'www.example'] });
  expect(new Set(manifests().all.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['istio-system']));
  expect(manifests().only({ kind: 'Gateway' }).spec).toEqual({
    selector: { istio: 'ingressgateway' },
    servers: [{ port: { name: 'http-80', number: 80, protocol: 'HTTP' }, hosts: ['./httpbin.org', './www.example'] }],
  });
  for (const { spec } of manifests().find({ kind: 'VirtualService' })) {
    expect(spec).toMatchObject({ exportTo: ['.'], gateways: [proxy.gateway.name] });
  }
  expect([proxy.serviceEntries, proxy.destinationRules, proxy.virtualServices].map(({ length }) => length)).toEqual([
    2, 2, 2,
  ]);
});

test('HTTP goes on as HTTP or by TLS that is checked, without the mesh’s headers', () => {
  const { http: plain } = routes();
  expect(plain).toMatchObject([{ match: [{ port: 80 }], route: [{ destination: { port: { number: 80 } } }] }]);
  expect(plain[0].headers.request.remove).toContain('x-forwarded-client-cert');
  const { manifests } = proxied({ ports: [EgressPort.tlsOrigination({ retries: HttpRetries.anyMethod(2) })] });
  manifests().has({ kind: 'ServiceEntry' }, { spec: { ports: [{ number: 443, protocol: 'TLS' }] } });
  manifests().has(
    { kind: 'DestinationRule' },
    { spec: { subsets: [{ trafficPolicy: { tls: { mode: 'SIMPLE', subjectAltNames: ['httpbin.org'] } } }] } },
  );
  manifests().has({ kind: 'VirtualService' }, { spec: { http: [{ retries: { attempts: 2 } }] } });
});

// Envoy finds the host by what stands before the last colon; the host would read what stands behind it as well.
test('HTTP goes on only with a Host header that names the host, with any port or none', () => {
  const named = (host: string) => {
    const [{ match }] = routes({ hosts: [host], endpoints: [{ address: 'edge.example' }] }).http;
    const { regex } = match[0].authority;
    return (text: string) => new RegExp(`^(?:${regex.replace('(?i)', '')})$`, 'i').test(text);
  };
  const one = named('httpbin.org');
  for (const text of ['httpbin.org', 'HttpBin.org:80', 'httpbin.org:8443']) {
    expect([text, one(text)]).toEqual([text, true]);
  }
  for (const text of [
    'httpbin.org:other.example',
    'httpbin.org:+80',
    'httpbin.org:',
    'httpbin.org:80:x',
    'x@httpbin.org',
  ]) {
    expect([text, one(text)]).toEqual([text, false]);
  }
  expect(named('*.example.org')('a.b.example.org:8080')).toBe(true);
  expect(named('*.example.org')('a.example.org:b.example.org')).toBe(false);
});

test('TLS goes through unread, by its server name', () => {
  const { proxy, manifests } = proxied({ ports: [EgressPort.tlsPassthrough()] });
  manifests().has(
    { kind: 'Gateway' },
    { spec: { servers: [{ port: { number: 443, protocol: 'TLS' }, tls: { mode: 'PASSTHROUGH' } }] } },
  );
  expect(proxy.virtualServices[0].toJson().spec.tls).toEqual([
    {
      match: [{ port: 443, sniHosts: ['httpbin.org'] }],
      route: [{ destination: { host: 'httpbin.org', port: { number: 443 } } }],
    },
  ]);
  expect(proxy.destinationRules).toEqual([]);
});

test('both at once are one proxy', () => {
  const { manifests } = proxied({ ports: [...http, EgressPort.tlsPassthrough()] });
  manifests().countIs({ kind: 'ServiceEntry' }, 1);
  expect(manifests().only({ kind: 'Gateway' }).spec.servers).toHaveLength(2);
});

test('each path is a match of its own', () => {
  const matches = (paths: string[]) => routes({ paths }).http.map(({ match }: any) => match[0].uri.regex);
  expect(matches(['/b', '/a', '/b'])).toEqual([servedPath('/a'), servedPath('/b')]);
});

test('no header names another path than the one that was looked at', () => {
  const removed = (props: Partial<IngressProxyProps>) => routes(props).http[0].headers.request.remove;
  expect(removed({ paths: ['/a'] })).toEqual(expect.arrayContaining(['x-original-url', 'x-forwarded-for']));
  expect(removed({})).not.toContain('x-original-url');
});

test('sidecars do not know the hosts, unless they are said to be open', () => {
  const visible = (meshAccess?: MeshAccess) => {
    const { manifests } = proxied({ meshAccess });
    return ['ServiceEntry', 'DestinationRule', 'VirtualService'].map(
      (kind) => manifests().only({ kind }).spec.exportTo,
    );
  };
  expect(visible()).toEqual([['.'], ['.'], ['.']]);
  expect(visible(MeshAccess.AS_OUTSIDE)).toEqual([['.'], ['.'], ['.']]);
  expect(visible(MeshAccess.OPEN_TO_MESH)).toEqual([['*'], ['*'], ['.']]);
});

test('nothing closes them under ALLOW_ANY', () => {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation();
  const mesh = { outboundTrafficPolicy: OutboundTrafficPolicy.ALLOW_ANY };
  expect(() => proxied({}, mesh)).toThrow(failing('ExitCannotCarry', 'ALLOW_ANY'));
  expect(() => proxied({ meshAccess: MeshAccess.OPEN_TO_MESH }, mesh)).not.toThrow();
  warn.mockRestore();
});

test('names below a domain have one server', () => {
  const below = { hosts: ['*.example.com'], ports: [EgressPort.tlsPassthrough()] };
  expect(() => proxied(below)).toThrow(failing('HostWildcard', '*.example.com'));
  const { manifests } = proxied({ ...below, endpoints: [{ address: 'www.example.com' }] });
  manifests().has({ kind: 'ServiceEntry' }, { spec: { resolution: 'DNS', hosts: ['*.example.com'] } });
  manifests().has({ kind: 'VirtualService' }, { spec: { tls: [{ match: [{ sniHosts: ['*.example.com'] }] }] } });
});

test('another ingress gateway, other names', () => {
  const other = IngressGateway.imported({ namespace: 'edge', labels: { istio: 'edge' } });
  const { manifests } = proxied({ ingress: other, name: 'out', metadata: { labels: { team: 'a' } } });
  const { metadata, spec } = manifests().only({ kind: 'Gateway', namespace: 'edge', name: 'out' });
  expect([metadata.labels, spec.selector]).toEqual([{ team: 'a' }, { istio: 'edge' }]);
  manifests().has({ kind: 'VirtualService', name: 'out.httpbin.org' }, { spec: { gateways: ['out'] } });
});

test.each([
  [{ ports: [EgressPort.tcp(5432)] }, 'ExitCannotCarry', '5432'],
  [{ ports: [] }, 'PortsMissing', ''],
  [{ hosts: [] }, 'HostsMissing', ''],
  [{ paths: [] }, 'HttpRuleSyntax', ''],
  [{ paths: ['status'] }, 'HttpRuleSyntax', 'status'],
  [{ paths: [undefined as any] }, 'HttpRuleSyntax', 'paths'],
  [{ paths: new Array(1) }, 'HttpRuleSyntax', 'paths'],
  [{ paths: ['/status/'] }, 'HttpRuleSyntax', ''],
  [{ paths: ['/status*'] }, 'HttpRuleSyntax', ''],
  [{ paths: ['/a?b'] }, 'HttpRuleSyntax', ''],
  [{ paths: ['/a//b'] }, 'HttpRuleSyntax', '/a//b'],
  [{ paths: ['/a/..'] }, 'HttpRuleSyntax', '/a/..'],
  [{ paths: ['/a%2fb'] }, 'HttpRuleSyntax', '/a%2fb'],
  [{ paths: '/a' as any }, 'WrongType', '/a'],
  [{ paths: [`/${'a'.repeat(1000)}`] }, 'HttpRuleSyntax', '/aaa'],
  [{ paths: [['/a']] as any }, 'HttpRuleSyntax', '/a'],
  [{ paths: ['/a'], ports: [EgressPort.tlsPassthrough()] }, 'HttpRuleSyntax', '443'],
  [{ paths: ['/a'], ports: [...http, EgressPort.tlsPassthrough()] }, 'HttpRuleSyntax', '443'],
  [{ meshAccess: 'CLOSED' as any }, 'WrongType', 'MeshAccess.AS_OUTSIDE'],
  [{ name: 'my.proxy' }, 'NameSyntax', 'my.proxy'],
  [{ metadata: { namespace: 'a' } }, 'MetadataReserved', ''],
])('refuses %j', (props: Partial<IngressProxyProps>, code, part) => {
  expect(() => proxied(props)).toThrow(failing(code, part));
});

test('a host name is served once by an ingress gateway, whoever serves it', () => {
  const { app, chart } = proxied();
  new UpstreamProxy(new Chart(app, 'bin', { namespace: 'bin' }), 'Bin', {
    host: 'httpbin.org',
    upstreamHost: 'real.example',
    ingress: { gateway: ingress, credential: TlsCredential.named('tls') },
  });
  expect(() => app.synthYaml()).toThrow(/\[IngressHostTwice\][^]*httpbin.org/);
  const elsewhere = Testing.app();
  for (const [id, gateway] of [
    ['a', ingress],
    ['b', IngressGateway.imported({ namespace: 'edge' })],
  ] as const) {
    new IngressProxy(new Chart(elsewhere, id), 'Bin', { ingress: gateway, hosts: ['httpbin.org'], ports: http });
  }
  expect(() => Testing.synth(chart)).toThrow('[IngressHostTwice]');
  expect(() => Manifests.fromApp(elsewhere)).not.toThrow();
});

test('says to whom the hosts are open', () => {
  const lines = (props: Partial<IngressProxyProps>) => Egress.describe(proxied(props).app)[0];
  expect(lines({ paths: ['/status'] })).toMatch(
    /^proxy\/Bin: anybody outside → ingress gateway in istio-system → httpbin.org .*, only \/status, unknown to sidecars$/,
  );
  expect(lines({ meshAccess: MeshAccess.OPEN_TO_MESH })).toMatch(/open to the whole mesh$/);
});
