import { App, Chart, Duration, Testing } from 'cdk8s';
import { ConfigMap, Deployment, Secret } from 'cdk8s-plus-28';
import fc from 'fast-check';
import {
  AdmissionGuard,
  AmbientNamespace,
  DedicatedEgressGateway,
  DelegatedEgressWaypoint,
  Egress,
  EgressAccessLog,
  EgressClient,
  EgressGateway,
  EgressGuard,
  EgressPort,
  EgressWaypoint,
  ExitGuard,
  GatewayWorkload,
  GuardedNamespaces,
  GuardMode,
  GuardScope,
  HostResolution,
  HttpEgress,
  HttpRetries,
  HttpRule,
  InCluster,
  IngressGateway,
  IngressProxy,
  MeshAccess,
  Mesh,
  OpaAuthorization,
  TcpEgress,
  TlsCredential,
  TlsOriginationEgress,
  TlsPassthroughEgress,
  UpstreamHttp,
  UpstreamProxy,
  UpstreamTls,
} from '../../src';
import { EgressError } from '../../src/errors';

/** Whatever plain JavaScript lets through, put in the place of any option of anything: it is refused with a code, or changes nothing that lets calls through. */

type Options = { [name: string]: any };

const clients = [EgressClient.serviceAccount('payments', 'checkout')];
const rules = [HttpRule.allow({ methods: ['GET'], paths: ['/v1/*'], headers: { 'x-role': ['auditor'] } })];
const hosts = ['a.example.com'];
const declared = { hosts, clients, metadata: { labels: { a: 'b' } } };
const http = {
  port: 80,
  timeout: Duration.seconds(1),
  retries: HttpRetries.none(),
  headers: { requestSet: { a: 'b' } },
  keepMeshHeaders: ['x-request-id'],
};
const reached = {
  resolution: HostResolution.DNS,
  endpoints: [{ address: '192.0.2.1', weight: 1, locality: 'eu/1' }],
  connectionLimits: { maxConnections: 1, connectTimeout: Duration.seconds(1) },
  outlierDetection: { consecutiveFailures: 1, baseEjectionTime: Duration.seconds(1) },
};
const size = {
  replicas: 2,
  resources: { cpuRequest: '1' },
  nodeSelector: { a: 'b' },
  tolerations: [{ key: 'a', value: 'b', effect: 'NoSchedule' }],
  priorityClassName: 'high',
};

const guarded = { namespaces: GuardedNamespaces.named(['payments']), inCluster: InCluster.none() };
const backend = { namespace: 'obs', service: 'traces', targetPort: 4317, labels: { a: 'b' } };
const dns = { dnsNamespace: 'dns', dnsLabels: { a: 'b' }, dnsPort: 5353, nodeLocalDns: ['169.254.20.10'] };
const cluster = { ...dns, dnsService: 'dns', istiodNamespace: 'istio', istiodLabels: { a: 'b' } };

/** Options with the exit of the app; what is none as it is. */
function through(exit: EgressGateway, options: any): any {
  try {
    return { exit, ...options };
  } catch {
    return options;
  }
}

interface World {
  readonly chart: Chart;
  readonly exit: EgressGateway;
}

/** Each thing that takes options: valid ones, and what is made of them. */
const THINGS: [string, () => Options, (options: any, world: World) => unknown][] = [
  [
    'Egress',
    () => ({ ...declared, ...reached, rules, ports: [EgressPort.http()] }),
    (o, { chart, exit }) => new Egress(chart, 'A', through(exit, o)),
  ],
  [
    'HttpEgress',
    () => ({ ...declared, ...reached, rules, ...http }),
    (o, { chart, exit }) => new HttpEgress(chart, 'A', through(exit, o)),
  ],
  [
    'TlsOriginationEgress',
    () => ({ ...declared, rules, ...http, upstreamPort: 443, tls: UpstreamTls.simple() }),
    (o, { chart, exit }) => new TlsOriginationEgress(chart, 'A', through(exit, o)),
  ],
  [
    'TlsPassthroughEgress',
    () => ({ ...declared, port: 443, upstreamPort: 443 }),
    (o, { chart, exit }) => new TlsPassthroughEgress(chart, 'A', through(exit, o)),
  ],
  [
    'TcpEgress',
    () => ({ ...declared, addresses: ['192.0.2.0/24'], port: 5432, upstreamPort: 5432 }),
    (o, { chart, exit }) => new TcpEgress(chart, 'A', through(exit, o)),
  ],
  [
    'the exit of a declaration',
    () => 'ours' as any,
    (o, { chart, exit }) => new HttpEgress(chart, 'A', { ...declared, rules, exit: o === 'ours' ? exit : o }),
  ],
  ['grant', () => ({ hosts, clients, rules, ports: [EgressPort.http()] }), (o, { exit }) => exit.grant('A', o)],
  [
    'HttpRule.allow',
    () => ({ clients, methods: ['GET'], paths: ['/v1/*'], headers: { 'x-role': ['auditor'] } }),
    (o, { chart, exit }) => new HttpEgress(chart, 'A', { ...declared, exit, rules: [HttpRule.allow(o)] }),
  ],
  [
    'UpstreamTls.simple',
    () => ({ sni: 'a.example.com', subjectAltNames: ['a.example.com'], caCredential: TlsCredential.named('ca') }),
    (o, { chart, exit }) =>
      new TlsOriginationEgress(chart, 'A', { ...declared, exit, rules, tls: UpstreamTls.simple(o) }),
  ],
  [
    'UpstreamTls.mutual',
    () => TlsCredential.named('secret') as any,
    (o, { chart, exit }) =>
      new TlsOriginationEgress(chart, 'A', { ...declared, exit, rules, tls: UpstreamTls.mutual(o) }),
  ],
  [
    'TlsCredential.named',
    () => 'secret' as any,
    (o, { chart, exit }) => {
      const tls = UpstreamTls.mutual(TlsCredential.named(o));
      return new TlsOriginationEgress(chart, 'A', { ...declared, exit, rules, tls });
    },
  ],
  [
    'TlsCredential.of',
    () => 'ours' as any,
    (o, { chart, exit }) => {
      const ours = new Secret(chart, 'Secret', { metadata: { namespace: exit.namespace } });
      const tls = UpstreamTls.mutual(TlsCredential.of(o === 'ours' ? ours : o));
      return new TlsOriginationEgress(chart, 'A', { ...declared, exit, rules, tls });
    },
  ],
  [
    'EgressClient.of',
    () => 'ours' as any,
    (o, { chart, exit }) => {
      const ours = new Deployment(chart, 'Shop', { metadata: { namespace: 'shop' }, containers: [{ image: 'shop' }] });
      return new HttpEgress(chart, 'A', {
        ...declared,
        exit,
        rules,
        clients: [EgressClient.of(o === 'ours' ? ours : o)],
      });
    },
  ],
  [
    'HttpRetries',
    () => 2 as any,
    (o, { chart, exit }) =>
      new HttpEgress(chart, 'A', { ...declared, exit, rules, retries: HttpRetries.idempotent(o) }),
  ],
  [
    'EgressGateway',
    () => ({
      name: 'exit',
      namespace: 'exit',
      workload: GatewayWorkload.managed(),
      authorization: OpaAuthorization.service({ host: 'opa.opa.svc.cluster.local' }),
      metadata: { labels: { a: 'b' } },
    }),
    (o, { chart }) => new EgressGateway(chart, 'B', o),
  ],
  [
    'upstreamProbe',
    () => ({ path: '/', period: Duration.seconds(10), failureThreshold: 2 }),
    (o, { chart }) =>
      new HttpEgress(chart, 'A', {
        ...declared,
        rules,
        exit: new EgressGateway(chart, 'B', { name: 'b', upstreamProbe: o }),
      }),
  ],
  [
    'GatewayWorkload.managed',
    () => size,
    (o, { chart }) => new EgressGateway(chart, 'B', { name: 'b', workload: GatewayWorkload.managed(o) }),
  ],
  [
    'GatewayWorkload.existing',
    () => ({ labels: { a: 'b' }, service: 's', httpPort: 80, tlsTargetPort: 8443, tlsService: 't' }),
    (o, { chart }) => new EgressGateway(chart, 'B', { name: 'b', workload: GatewayWorkload.existing(o) }),
  ],
  [
    'connectProxy',
    () => ({ host: 'proxy.example.com', port: 3128 }),
    (o, { chart }) => new EgressGateway(chart, 'B', { name: 'b', connectProxy: o }),
  ],
  [
    'OpaAuthorization.sidecar',
    () => ({
      policyConfigMap: 'policy',
      decision: 'a/b',
      decisionLog: false,
      image: 'opa',
      allowWhileUnavailable: false,
    }),
    (o, { chart }) => new EgressGateway(chart, 'B', { name: 'b', authorization: OpaAuthorization.sidecar(o) }),
  ],
  [
    'EgressGateway.imported',
    () => ({ name: 'a', namespace: 'b', service: 'c', labels: { a: 'b' }, httpPort: 80, httpTargetPort: 80 }),
    (o, { chart }) => new HttpEgress(chart, 'A', { ...declared, exit: EgressGateway.imported(o) }),
  ],
  [
    'DedicatedEgressGateway',
    () => ({ hosts, name: 'own', namespace: 'own' }),
    (o, { chart }) => new DedicatedEgressGateway(chart, 'B', o),
  ],
  [
    'EgressWaypoint',
    () => ({ name: 'way', namespace: 'exit', workload: size, replaces: 'old' }),
    (o, { chart }) => new EgressWaypoint(chart, 'B', o),
  ],
  [
    'a waypoint beside',
    () => 'ours' as any,
    (o, { chart, exit }) => new EgressWaypoint(chart, 'B', { beside: o === 'ours' ? exit : o }),
  ],
  [
    'DelegatedEgressWaypoint',
    () => ({ name: 'way', namespace: 'team', workload: size }),
    (o, { chart }) => new DelegatedEgressWaypoint(chart, 'B', o),
  ],
  ['EgressWaypoint.imported', () => ({ name: 'a', namespace: 'b' }), (o) => EgressWaypoint.imported(o)],
  [
    'EgressAccessLog',
    () => ({ provider: 'log' }),
    (o, { chart, exit }) => new EgressAccessLog(chart, 'B', through(exit, o)),
  ],
  ['AmbientNamespace', () => ({ name: 'a' }), (o, { chart }) => new AmbientNamespace(chart, 'B', o)],
  [
    'Mesh.configure',
    () => ({
      istioVersion: '1.31',
      clusterDomain: 'c.local',
      trustDomain: 't',
      trustDomainAliases: ['u'],
      revision: 'r',
      dnsProxying: true,
      labels: { a: 'b' },
    }),
    (o) => Mesh.configure(Testing.app(), o),
  ],
  [
    'IngressProxy',
    () => ({
      hosts,
      ports: [EgressPort.http()],
      paths: ['/a'],
      meshAccess: MeshAccess.AS_OUTSIDE,
      ingress: IngressGateway.imported(),
      name: 'in',
    }),
    (o, { chart }) => new IngressProxy(chart, 'B', o),
  ],
  [
    'IngressGateway.imported',
    () => ({ namespace: 'a', labels: { a: 'b' }, serviceAccount: 's', httpPort: 80 }),
    (o, { chart }) =>
      new IngressProxy(chart, 'B', { hosts, ports: [EgressPort.http()], ingress: IngressGateway.imported(o) }),
  ],
  [
    'UpstreamProxy',
    () => ({
      host: 'our.example.com',
      upstreamHost: 'its.example.com',
      ...reached,
      upstreamPort: 443,
      tls: UpstreamTls.simple(),
      clients,
      rules,
      timeout: Duration.seconds(1),
      retries: HttpRetries.none(),
      upstreamHttp: UpstreamHttp.HTTP_2,
      headers: { requestSet: { a: 'b' } },
      workload: GatewayWorkload.managed(),
      ingress: { gateway: IngressGateway.imported(), credential: TlsCredential.named('tls') },
    }),
    (o, { chart }) => new UpstreamProxy(chart, 'B', o),
  ],
  [
    'EgressGuard',
    () => ({
      ...guarded,
      mode: GuardMode.ENFORCE,
      scope: GuardScope.sidecars(),
      cluster,
      backends: [backend],
      clusterRanges: ['10.0.0.0/8'],
      namedHttpPorts: [80],
      namedTlsPorts: [443],
      accessLogProvider: 'envoy',
      metadata: { labels: { a: 'b' } },
      name: 'guard',
    }),
    (o, { chart }) => new EgressGuard(chart, 'G', o),
  ],
  [
    'GuardScope.sidecars',
    () => ({ podsMayBypassSidecar: false, sidecarsFollowMesh: false, accessLogFollowsMesh: false }),
    (o, { chart }) => new EgressGuard(chart, 'G', { ...guarded, scope: GuardScope.sidecars(o) }),
  ],
  [
    'the services of a cluster',
    () => cluster,
    (o, { chart }) => new EgressGuard(chart, 'G', { ...guarded, cluster: o }),
  ],
  [
    'a backend of proxies',
    () => backend,
    (o, { chart, exit }) => new ExitGuard(chart, 'G', { exit, clusterRanges: ['10.0.0.0/8'], backends: [o] }),
  ],
  [
    'the exits of a guard',
    () => 'ours' as any,
    (o, { chart, exit }) => new EgressGuard(chart, 'G', { ...guarded, exits: [o === 'ours' ? exit : o] }),
  ],
  [
    'the admission of a guard',
    () => 'ours' as any,
    (o, { chart }) =>
      new EgressGuard(chart, 'G', {
        ...guarded,
        admission: o === 'ours' ? new AdmissionGuard(chart, 'A', { mode: GuardMode.ENFORCE }) : o,
      }),
  ],
  [
    'ExitGuard',
    () => ({
      clusterRanges: ['10.0.0.0/8'],
      mode: GuardMode.ENFORCE,
      scope: GuardScope.sidecars(),
      cluster,
      backends: [backend],
      metricsFrom: ['obs'],
      metadata: { labels: { a: 'b' } },
    }),
    (o, { chart, exit }) => new ExitGuard(chart, 'G', through(exit, o)),
  ],
  [
    'AdmissionGuard',
    () => ({
      mode: GuardMode.ENFORCE,
      platformNamespaces: ['platform'],
      exits: [EgressWaypoint.imported()],
      clusterRanges: ['10.0.0.0/8'],
      endpointWriters: ['someone'],
      identityProviders: ['accounts.example.com'],
      exemptionLabel: 'a=b',
      metadata: { labels: { a: 'b' } },
      name: 'admission',
    }),
    (o, { chart }) => new AdmissionGuard(chart, 'G', o),
  ],
  [
    'the exit of an UpstreamProxy',
    () => 'ours' as any,
    (o, { chart, exit }) =>
      new UpstreamProxy(chart, 'B', {
        host: 'our.example.com',
        upstreamHost: 'its.example.com',
        clients,
        exit: o === 'ours' ? exit : o,
      }),
  ],
];

/** What fast-check could not print itself, by name. */
const HOSTILE: { [name: string]: (world: World) => unknown } = {
  circular: () => {
    const circular: Options = { a: 1 };
    return Object.assign(circular, { self: circular });
  },
  'a getter that throws': () => Object.defineProperty({}, 'name', { enumerable: true, get: () => fail('read') }),
  'a proxy': () => new Proxy({}, { get: () => fail('got'), has: () => fail('asked'), ownKeys: () => fail('listed') }),
  'a list of one': ({ exit }) => [exit],
  toJSON: () => ({ toJSON: () => fail('json'), toString: () => fail('text') }),
  'a construct': ({ chart }) => chart,
  'an exit': ({ exit }) => exit,
  'an app': ({ chart }) => chart.node.root,
  'a class': () => class {},
  'a function': () => () => 'x',
  'a symbol': () => Symbol('x'),
  'no date': () => new Date(NaN),
  'an object of another kind': ({ chart }) => new ConfigMap(chart, 'Junk'),
  'what says of itself to be an object': () => ({ [Symbol.for('cdk8s.ApiObject')]: true, kind: 'ServiceAccount' }),
};

function fail(what: string): never {
  throw new Error(what);
}

/** What every object has, which plain lookups find where nobody put it. */
const KEYS = ['constructor', '__proto__', 'toString', 'valueOf', 'hasOwnProperty'];
const keyed = (key: string) => JSON.parse(`{ "${key}": "x" }`) as Options;

const junk: fc.Arbitrary<(world: World) => unknown> = fc.oneof(
  fc
    .oneof(
      fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withNullPrototype: true, withSparseArray: true }), // prettier-ignore
      fc.constantFrom<any>(null, '', 0, -1, NaN, Infinity, true, false, [], {}, [undefined], new Array(2), [null], [{}], [[]], ['x'], 'x', 'false', 5n), // prettier-ignore
      fc.constantFrom<any>(...KEYS.flatMap((key) => [key, keyed(key), { labels: keyed(key) }, { annotations: keyed(key) }])), // prettier-ignore
      fc.constantFrom<any>(Duration.seconds(0), Duration.seconds(Infinity), Duration.millis(NaN), EgressClient.anyInMesh(), HttpRule.deny({ methods: ['GET'] }), EgressPort.http(), UpstreamTls.simple(), GatewayWorkload.managed()), // prettier-ignore
    )
    .filter((value) => value !== undefined)
    .map((value) => () => value),
  fc.constantFrom(...Object.keys(HOSTILE)).map((name) => HOSTILE[name]),
);

/** What lets calls through, but for the hosts' names and the values of headers, which may as well be others. */
function allowed(app: App): string[] {
  const objects = app.charts.flatMap((chart) => chart.toJson());
  const policies = objects.filter(({ kind, spec }) => kind === 'AuthorizationPolicy' && spec.action === 'ALLOW');
  const calls = policies
    .flatMap(({ spec }) => spec.rules ?? [])
    .map(({ from, to, when }) => {
      const operations = to?.map(({ operation: { hosts: _, ...rest } }: any) => rest);
      return JSON.stringify({ from, operations, when: when?.map(({ key }: any) => key) });
    });
  return [...calls, ...unguarded(objects)];
}

/** What guards leave open, but for the names of namespaces and the values of labels. */
function unguarded(objects: any[]): string[] {
  const of = (kind: string) => objects.filter((object) => object.kind === kind).map(({ spec }) => spec);
  const selected = (peer: any) =>
    peer.ipBlock ?? Object.entries<any>(peer).map(([selector, value]) => [selector, ...Object.keys(value)]);
  const missing = ['NetworkPolicy', 'Sidecar', 'ValidatingAdmissionPolicyBinding'].filter((kind) => !of(kind).length);
  const openings = of('NetworkPolicy').flatMap(({ egress }) => egress.flatMap(({ to }: any) => to ?? [{}]));
  const effects = [
    ...missing,
    ...openings.map(selected),
    ...of('Sidecar').map(({ outboundTrafficPolicy }) => outboundTrafficPolicy),
    ...of('ValidatingAdmissionPolicyBinding').map(({ validationActions }) => validationActions),
  ];
  return effects.map((effect) => JSON.stringify(effect));
}

function tried(thing: (typeof THINGS)[number], change: (options: Options, world: World) => Options) {
  const app = Testing.app() as App;
  const exit = new EgressGateway(new Chart(app, 'platform'), 'Exit');
  const world = { exit, chart: new Chart(app, 'payments') };
  thing[2](change(thing[1](), world), world);
  return allowed(app);
}

test.each(THINGS)('%s takes what is right', (...thing) => {
  expect(() => tried(thing, (options) => options)).not.toThrow();
});

const isFlag = (options: unknown, name: string) => typeof (options as any)?.[name] === 'boolean';

test.each(THINGS)('%s: junk is refused with a code, or opens nothing', (...thing) => {
  const right = tried(thing, (options) => options);
  const names = ['', ...Object.keys(thing[1]())];
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.nat(2), junk, (name, depth, make) => {
      let result: string[];
      try {
        result = tried(thing, (options, world) => {
          const value = make(world);
          // An opt-out by its own name is no junk.
          return value === true && isFlag(options, name) ? options : put(options, name, depth, value);
        });
      } catch (error) {
        // What needs the whole app is said when it is written.
        if (error instanceof EgressError || /^Validation failed[^]*\[[A-Z]\w+\]/.test((error as Error).message)) return;
        throw error;
      }
      expect(right).toEqual(expect.arrayContaining(result));
    }),
    { numRuns: 150 },
  );
});

const BY_TRUE_ALONE = /\[WrongType\][^]*true or false/;

test.each([
  ['podsMayBypassSidecar', 'false'],
  ['sidecarsFollowMesh', 'no'],
  ['accessLogFollowsMesh', 1],
])('GuardScope.sidecars: %s opens by true alone, not by %p', (name, value) => {
  expect(() => GuardScope.sidecars({ [name]: value })).toThrow(BY_TRUE_ALONE);
});

test.each([
  ['directPortsToAnyAddress', null, BY_TRUE_ALONE],
  ['scope', {}, /\[WrongType\][^]*GuardScope/],
])('EgressGuard: %s does not open by %p', (name, value, error) => {
  const chart = new Chart(Testing.app(), 'payments');
  expect(() => new EgressGuard(chart, 'G', { ...guarded, [name]: value })).toThrow(error);
});

test('ExitGuard: podsMayReachCluster opens by true alone', () => {
  const chart = new Chart(Testing.app(), 'platform');
  const exit = new EgressGateway(chart, 'Exit');
  const given: object = { podsMayReachCluster: 'false' };
  expect(() => new ExitGuard(chart, 'G', { exit, ...given })).toThrow(BY_TRUE_ALONE);
});

describe.each(KEYS)('%s, which every object has', (key) => {
  const label = (made: (chart: Chart) => unknown) => {
    const chart = new Chart(Testing.app(), 'payments');
    made(chart);
    return (chart.toJson() as any[]).map(({ metadata }) => metadata.labels ?? {});
  };

  test.each<[string, (chart: Chart) => unknown]>([
    ['an exit', (chart) => new EgressGateway(chart, 'B', { metadata: { labels: keyed(key) } })],
    [
      'a declaration',
      (chart) =>
        new HttpEgress(chart, 'A', { ...declared, exit: EgressGateway.imported(), metadata: { labels: keyed(key) } }),
    ],
    ['the mesh', (chart) => (Mesh.configure(chart, { labels: keyed(key) }), new EgressGateway(chart, 'B'))],
  ])('as a label of %s it is written, or refused with a code', (_, made) => {
    const isRefused = ['constructor', '__proto__'].includes(key);
    if (isRefused) expect(() => label(made)).toThrow(/\[WrongType\][^]*without the keys/);
    else expect(label(made).every((labels) => labels[key] === 'x')).toBe(true);
  });

  test('as the name of a namespace it is refused', () => {
    const led = () =>
      label((chart) => {
        const exit = new EgressGateway(chart, 'B');
        return new HttpEgress(chart, 'A', { ...declared, exit, clients: [EgressClient.namespace(key)] });
      });
    expect(led).toThrow(/\[NameSyntax\]/);
  });
});

/** In the place of an option, or of a part of it. */
function put(options: Options, name: string, depth: number, value: unknown): Options {
  const old = options[name];
  if (depth === 2 || typeof options !== 'object') return value as Options;
  if (depth === 0 || typeof old !== 'object' || old === null) return { ...options, [name]: value };
  if (Array.isArray(old)) return { ...options, [name]: [value, ...old] };
  if (Object.getPrototypeOf(old) !== Object.prototype) return { ...options, [name]: value };
  const [first = 'x'] = Object.keys(old);
  return { ...options, [name]: { ...old, [first]: value } };
}
