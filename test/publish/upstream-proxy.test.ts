import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart, Duration, Testing, YamlOutputType } from 'cdk8s';
import {
  Egress,
  EgressClient,
  EgressGateway,
  GatewayWorkload,
  HttpRetries,
  HttpRule,
  IngressGateway,
  Mesh,
  OpaAuthorization,
  TlsCredential,
  UpstreamHttp,
  UpstreamProxy,
  UpstreamProxyProps,
  UpstreamTls,
} from '../../src';
import { Manifests } from '../../src/assertions';
import { virtualAddress } from '../../src/destination/captured-addresses';
import { failing } from '../fixtures';

const sleep = EgressClient.serviceAccount('apps', 'sleep');
const ingress = { gateway: IngressGateway.imported(), credential: TlsCredential.named('corp-tls') };
const BIN = { host: 'bin.corp.example', upstreamHost: 'httpbin.org' };

/** Proxies in one app, each in a chart of its own. */
function proxies(...all: (Partial<UpstreamProxyProps> & { namespace?: string })[]) {
  const app = Testing.app();
  const made = all.map(({ namespace, ...props }, i) => {
    const chart = new Chart(app, `chart${i}`, { namespace: namespace ?? `ns${i}` });
    return new UpstreamProxy(chart, `Egress${i}`, { ...BIN, ...props });
  });
  return { app, made, manifests: () => Manifests.fromApp(app) };
}
const proxy = (props: Partial<UpstreamProxyProps>) => proxies(props);

test('callers inside come by HTTP and our name, to a gateway of its own', () => {
  const { made, manifests } = proxy({ clients: [sleep] });
  expect([made[0].exit.namespace, made[0].exit.exitName]).toEqual(['ns0', 'egress0']);
  expect(made[0].clientHops.map(({ namespace }) => namespace)).toEqual(['apps']);
  expect(made[0].ingressGateway).toBeUndefined();
  manifests().has(
    { kind: 'VirtualService', namespace: 'apps' },
    {
      spec: {
        hosts: ['bin.corp.example'],
        gateways: undefined,
        http: [{ route: [{ destination: { host: 'egress0.ns0.svc.cluster.local', port: { number: 80 } } }] }],
      },
    },
  );
});

test('callers outside come by HTTPS, and by HTTP are told to come back', () => {
  const { made, manifests } = proxy({ ingress });
  expect(made[0].clientHops).toEqual([]);
  const { spec, metadata } = manifests().only({ kind: 'Gateway', namespace: 'istio-system' });
  expect(spec).toEqual({
    selector: { istio: 'ingressgateway' },
    servers: [
      {
        hosts: ['./bin.corp.example'],
        port: { name: 'http', number: 80, protocol: 'HTTP' },
        tls: { httpsRedirect: true },
      },
      {
        hosts: ['./bin.corp.example'],
        port: { name: 'https', number: 443, protocol: 'HTTPS' },
        tls: { mode: 'SIMPLE', credentialName: 'corp-tls' },
      },
    ],
  });
  // Istio takes no dots in it.
  expect(metadata.name).toBe('egress0-bin-corp-example');
  const { gateways, http } = made[0].ingressVirtualService!.toJson().spec;
  expect(gateways).toEqual([metadata.name]);
  expect(http).toMatchObject([
    {
      rewrite: { authority: 'bin.corp.example' },
      route: [{ destination: { host: 'egress0.ns0.svc.cluster.local' } }],
    },
  ]);
});

test('the ingress gateway is a client as others are: by mutual TLS, and by its own grant', () => {
  const { manifests } = proxy({ ingress, clients: [sleep] });
  for (const [namespace, account] of [
    ['istio-system', 'istio-ingressgateway-service-account'],
    ['apps', 'sleep'],
  ]) {
    const { spec } = manifests().only({ kind: 'AuthorizationPolicy', name: `egress0.${namespace}` });
    expect(spec.rules).toEqual([
      {
        from: [{ source: { serviceAccounts: [`${namespace}/${account}`] } }],
        to: [{ operation: { hosts: ['bin.corp.example', 'bin.corp.example:80'] } }],
      },
    ]);
  }
});

test('the upstream reads its own name, over TLS that checks it', () => {
  const { manifests } = proxy({ clients: [sleep], upstreamPort: 8443 });
  manifests().has(
    { kind: 'ServiceEntry', namespace: 'ns0' },
    { spec: { hosts: ['httpbin.org'], ports: [{ number: 8443, protocol: 'TLS' }] } },
  );
  manifests().has(
    { kind: 'VirtualService', namespace: 'ns0' },
    {
      spec: {
        hosts: ['bin.corp.example'],
        gateways: ['egress0'],
        http: [{ rewrite: { authority: 'httpbin.org:8443' }, route: [{ destination: { host: 'httpbin.org' } }] }],
      },
    },
  );
  const tls = { mode: 'SIMPLE', sni: 'httpbin.org', subjectAltNames: ['httpbin.org'], caCertificates: 'system' };
  manifests().has(
    { kind: 'DestinationRule', namespace: 'ns0' },
    { spec: { host: 'httpbin.org', subsets: [{ trafficPolicy: { tls } }] } },
  );
});

test.each([
  [undefined, { h2UpgradePolicy: 'DO_NOT_UPGRADE' }],
  [UpstreamHttp.HTTP_2, { h2UpgradePolicy: 'UPGRADE' }],
  [UpstreamHttp.AS_CALLED, { useClientProtocol: true }],
])('the upstream is called in the version of HTTP that is said: %s', (upstreamHttp, http) => {
  const { manifests } = proxy({ clients: [sleep], upstreamHttp });
  const [subset] = manifests().only({ kind: 'DestinationRule', name: 'egress0.bin.corp.example' }).spec.subsets;
  expect(subset.trafficPolicy.connectionPool.http).toEqual(http);
});

test('what is said of the calls holds on the way', () => {
  const { manifests } = proxy({
    ingress,
    clients: [sleep],
    tls: UpstreamTls.mutual(TlsCredential.named('bank')),
    timeout: Duration.seconds(3),
    retries: HttpRetries.anyMethod(2),
    rules: [HttpRule.allow({ methods: ['GET'] })],
    metadata: { labels: { team: 'a' } },
  });
  manifests().has({ kind: 'DestinationRule', namespace: 'ns0' }, { spec: { subsets: [{ name: 'port-80' }] } });
  manifests().has({ kind: 'Role', namespace: 'ns0' }, {});
  const [route] = manifests().only({ kind: 'VirtualService', namespace: 'ns0' }).spec.http;
  expect(route).toMatchObject({ timeout: '3s' });
  for (const namespace of ['istio-system', 'apps']) {
    const { spec, metadata } = manifests().only({ kind: 'VirtualService', namespace });
    expect(spec.http[0].retries.attempts).toBe(2);
    expect(metadata.labels).toEqual({ team: 'a' });
    const [rule] = manifests().only({ kind: 'AuthorizationPolicy', name: `egress0.${namespace}` }).spec.rules;
    expect(rule.to[0].operation.methods).toEqual(['GET']);
  }
});

test('how the upstream is found and connected to is said as for every host', () => {
  const { manifests } = proxy({
    clients: [sleep],
    endpoints: [{ address: '192.0.2.7' }],
    connectionLimits: { maxConnections: 5 },
    outlierDetection: { consecutiveFailures: 3 },
  });
  const place = { namespace: 'ns0', name: 'egress0.bin.corp.example' };
  manifests().has(
    { kind: 'ServiceEntry', ...place },
    { spec: { hosts: ['httpbin.org'], resolution: 'STATIC', endpoints: [{ address: '192.0.2.7' }] } },
  );
  manifests().has(
    { kind: 'DestinationRule', ...place },
    {
      spec: {
        trafficPolicy: {
          connectionPool: { tcp: { maxConnections: 5 } },
          outlierDetection: { consecutiveGatewayErrors: 3 },
        },
      },
    },
  );
});

test('the whole mesh includes the ingress gateway', () => {
  const { manifests } = proxy({ ingress, clients: [EgressClient.anyInMesh()] });
  manifests().has({ kind: 'Gateway', namespace: 'istio-system' }, {});
  expect(
    manifests()
      .find({ kind: 'AuthorizationPolicy' })
      .map(({ metadata }) => metadata.name),
  ).toEqual(['egress0', 'egress0.any.mesh']);
});

test('a second, third and fourth cost a construct each', () => {
  const names = ['a', 'b', 'c', 'd'];
  const { manifests } = proxies(
    ...names.map((name) => ({
      host: `${name}.corp.example`,
      upstreamHost: `${name}.vendor.example`,
      ingress,
      clients: [sleep],
    })),
  );
  for (const kind of ['Deployment', 'Service', 'ServiceEntry']) {
    manifests().countIs({ kind }, 4);
  }
  manifests().countIs({ kind: 'Gateway' }, 8);
  const selectors = manifests()
    .find({ kind: 'Deployment' })
    .map(({ spec }) => JSON.stringify(spec.selector));
  expect(new Set(selectors).size).toBe(4);
});

test('two proxies share no object, so that one may go without the other, and each has a file of its own', () => {
  const all = {
    clients: [sleep],
    ingress,
    upstreamProbe: { path: '/up' },
    authorization: OpaAuthorization.sidecar({ policyConfigMap: 'policy' }),
    tls: UpstreamTls.mutual(TlsCredential.named('bank')),
    namespace: 'legacy',
  };
  const app = new App({
    outdir: mkdtempSync(join(tmpdir(), 'files-')),
    yamlOutputType: YamlOutputType.FILE_PER_RESOURCE,
  });
  for (const id of ['Bin', 'Crm']) {
    const name = id.toLowerCase();
    const { namespace, ...props } = all;
    new UpstreamProxy(new Chart(app, id, { namespace }), `${id}Egress`, {
      ...props,
      host: `${name}.corp.example`,
      upstreamHost: `${name}.vendor.example`,
    });
  }
  app.synth();
  const [one, other] = app.charts.map((chart) =>
    chart.toJson().map(({ kind, metadata }: any) => `${kind} ${metadata.namespace}/${metadata.name}`),
  );
  expect(one.filter((name) => other.includes(name))).toEqual([]);
  expect(readdirSync(app.outdir)).toHaveLength(one.length + other.length);
  rmSync(app.outdir, { recursive: true });
});

test('where sidecars answer DNS, our name need not be known anywhere else', () => {
  const app = Testing.app();
  Mesh.configure(app, { dnsProxying: true });
  const chart = new Chart(app, 'bin', { namespace: 'bin' });
  const { clientHops } = new UpstreamProxy(chart, 'Bin', { ...BIN, clients: [sleep] });
  expect(clientHops[0].serviceEntries.map((entry) => entry.toJson().spec)).toEqual([
    {
      exportTo: ['.'],
      hosts: ['bin.corp.example'],
      addresses: [virtualAddress('bin.corp.example')],
      ports: [{ name: 'http-80', number: 80, protocol: 'HTTP' }],
      resolution: 'STATIC',
    },
  ]);
  expect(proxy({ clients: [sleep] }).made[0].clientHops[0].serviceEntries).toEqual([]);
});

test('one of our names is served once', () => {
  const twice = proxies({ ingress }, { ingress, upstreamHost: 'other.example' });
  expect(() => twice.app.synthYaml()).toThrow('[IngressHostTwice] chart1/Egress1/Ingress');
});

test('several names may go through a gateway that is there', () => {
  const app = Testing.app();
  const exit = new EgressGateway(new Chart(app, 'platform'), 'Exit');
  const chart = new Chart(app, 'apps');
  new UpstreamProxy(chart, 'A', { ...BIN, exit, clients: [sleep] });
  new UpstreamProxy(chart, 'B', {
    host: 'crm.corp.example',
    upstreamHost: 'crm.vendor.example',
    exit,
    clients: [sleep],
  });
  Manifests.fromApp(app).countIs({ kind: 'Deployment' }, 1);
  new UpstreamProxy(chart, 'C', { host: 'c.corp.example', upstreamHost: 'httpbin.org', exit, clients: [sleep] });
  expect(() => app.synthYaml()).toThrow('[HostOnTwoExits]');
});

test.each([
  ['upstreamProbe', { upstreamProbe: { path: '/' } }],
  ['authorization', { authorization: OpaAuthorization.sidecar({ policyConfigMap: 'a' }) }],
  ['workload', { workload: GatewayWorkload.managed() }],
])('%s is said where the gateway is made', (part, props) => {
  const chart = Testing.chart();
  const exit = new EgressGateway(chart, 'Exit');
  expect(() => new UpstreamProxy(chart, 'A', { ...BIN, exit, clients: [sleep], ...props })).toThrow(
    failing('ExitCannotCarry', part),
  );
});

test('a gateway of another app is refused: its YAML may be written already', () => {
  const exit = new EgressGateway(Testing.chart(), 'Exit');
  expect(() => proxy({ clients: [sleep], exit })).toThrow(failing('ExitCannotCarry', 'another app'));
});

test('they reach the gateway that is made here', () => {
  const { manifests } = proxy({
    clients: [sleep],
    upstreamProbe: { path: '/status/200' },
    authorization: OpaAuthorization.sidecar({ policyConfigMap: 'a' }),
    workload: GatewayWorkload.managed({ replicas: 3 }),
  });
  const { replicas, template } = manifests().only({ kind: 'Deployment' }).spec;
  expect(replicas).toBe(3);
  expect(template.spec.containers.map(({ name }: any) => name)).toEqual(['istio-proxy', 'opa']);
  const { http } = manifests().only({ kind: 'VirtualService', name: 'egress0.upstream.probe' }).spec;
  expect(http).toMatchObject([
    {
      rewrite: { uri: '/status/200', authority: 'httpbin.org' },
      route: [{ destination: { host: 'httpbin.org', subset: 'port-80' } }],
    },
  ]);
});

test.each([
  [{}, 'ClientsMissing', ''],
  [{ clients: [] }, 'ClientsMissing', ''],
  [{ clients: [EgressClient.namespace('ns0')] }, 'ClientInExitNamespace', 'ns0'],
  [{ clients: [sleep], host: 'bin' }, 'HostSyntax', 'bin'],
  [{ clients: [sleep], host: '*.corp.example' }, 'HostWildcard', ''],
  [{ clients: [sleep], host: '*.corp.example', endpoints: [{ address: '192.0.2.7' }] }, 'HostWildcard', ''],
  [{ clients: [sleep], upstreamHost: '*.vendor.example' }, 'HostWildcard', ''],
  [{ clients: [sleep], upstreamHost: '192.0.2.1' }, 'HostIpAddress', ''],
  [{ ingress: { ...ingress, credential: 'corp-tls' as any } }, 'WrongType', 'ingress.credential'],
  [{ clients: [sleep], metadata: { name: 'a' } }, 'MetadataReserved', ''],
  [{ clients: [sleep], upstreamHttp: 'h2' as UpstreamHttp }, 'WrongType', 'upstreamHttp'],
])('refuses %j', (props: Partial<UpstreamProxyProps>, code, part) => {
  expect(() => proxy(props)).toThrow(failing(code, part));
});

test('a Secret may have dots in its name', () => {
  expect(() => proxy({ ingress: { ...ingress, credential: TlsCredential.named('bin.corp.example') } })).not.toThrow();
});

test('through pods that exist already, says that the upstream may read our name, and what hides it', () => {
  const workload = GatewayWorkload.existing({ labels: { istio: 'partner' }, service: 'partner-egress' });
  const { app } = proxy({ workload, clients: [sleep] });
  expect(Egress.describe(app)).toContainEqual(
    expect.stringMatching(/^chart0\/Egress0: the upstream reads bin\.corp\.example in x-envoy-original-host, unless/),
  );
});

test('says who calls, and for whom', () => {
  const { app } = proxy({ ingress, clients: [sleep] });
  expect(Egress.describe(app)).toEqual([
    expect.stringMatching(/^chart0\/Egress0: apps\/sleep, istio-system\/.* → bin.corp.example, which is httpbin.org/),
    'chart0/Egress0: anybody outside → https://bin.corp.example at the ingress gateway in istio-system → ns0/egress0',
  ]);
});
