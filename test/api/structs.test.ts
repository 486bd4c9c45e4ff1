import { App, Chart, Testing } from 'cdk8s';
import { program, publicApi } from './public-api';
import {
  AdmissionGuard,
  AmbientNamespace,
  assertions,
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
  GuardScope,
  HttpEgress,
  HttpRule,
  InCluster,
  IngressGateway,
  IngressProxy,
  Mesh,
  OpaAuthorization,
  TcpEgress,
  TlsCredential,
  TlsOriginationEgress,
  TlsPassthroughEgress,
  UpstreamProxy,
  UpstreamTls,
} from '../../src';

interface World {
  readonly app: App;
  readonly chart: Chart;
  readonly exit: EgressGateway;
}

const hosts = ['a.example.com'];
const clients = [EgressClient.serviceAccount('payments', 'checkout')];
const ports = [EgressPort.http()];
const ingress = IngressGateway.imported();
const guarded = { namespaces: GuardedNamespaces.named(['payments']), inCluster: InCluster.none() };

/** Declares with an option of a declaration. */
const declared =
  (option: string, value: (typo: object) => unknown) =>
  (typo: object, { chart, exit }: World) =>
    new Egress(chart, 'A', { hosts, clients, exit, ports, [option]: value(typo) });

/** Makes a gateway with an option of it. */
const gateway =
  (option: string, value: (typo: object) => any) =>
  (typo: object, { chart }: World) =>
    new EgressGateway(chart, 'B', { name: 'b', [option]: value(typo) });

/** Each struct that anything takes, with all that it has to have, and a misspelled option besides. */
const TAKEN: { [struct: string]: (typo: object, world: World) => unknown } = {
  AdmissionGuardProps: (typo, { chart }) => new AdmissionGuard(chart, 'A', typo),
  AllowedWay: (typo, { app, chart, exit }) => {
    new HttpEgress(chart, 'A', { hosts, clients, exit });
    assertions.Calls.of(app).from('payments/checkout').to('http://a.example.com').isAllowed(typo);
  },
  AmbientNamespaceProps: (typo, { chart }) => new AmbientNamespace(chart, 'A', { name: 'a', ...typo }),
  CallProps: (typo, { app }) => assertions.Calls.of(app).from('a/b').to('http://a.example', typo),
  CallsProps: (typo, { app }) => assertions.Calls.of(app, typo),
  ClusterServices: (typo, { chart }) => new EgressGuard(chart, 'G', { ...guarded, cluster: typo }),
  ConnectProxyOptions: gateway('connectProxy', (typo) => ({ host: 'proxy.example.com', port: 3128, ...typo })),
  ConnectionLimits: declared('connectionLimits', (typo) => ({ maxConnections: 1, ...typo })),
  DedicatedEgressGatewayProps: (typo, { chart }) => new DedicatedEgressGateway(chart, 'B', { hosts, ...typo }),
  DelegatedEgressWaypointProps: (typo, { chart }) =>
    new DelegatedEgressWaypoint(chart, 'B', { namespace: 'shop', ...typo }),
  EgressAccessLogProps: (typo, { chart, exit }) => new EgressAccessLog(chart, 'A', { exit, ...typo }),
  EgressEndpoint: declared('endpoints', (typo) => [{ address: '192.0.2.1', ...typo }]),
  EgressGatewayAttributes: (typo) => EgressGateway.imported(typo),
  EgressGatewayProps: (typo, { chart }) => new EgressGateway(chart, 'B', typo),
  EgressGrantOptions: (typo, { exit }) => exit.grant('A', { hosts, clients, ports, ...typo }),
  EgressGuardProps: (typo, { chart }) => new EgressGuard(chart, 'G', { ...guarded, ...typo }),
  EgressProps: (typo, { chart, exit }) => new Egress(chart, 'A', { hosts, clients, exit, ports, ...typo }),
  EgressWaypointAttributes: (typo) => EgressWaypoint.imported(typo),
  EgressWaypointProps: (typo, { chart }) => new EgressWaypoint(chart, 'B', typo),
  ExistingGatewayOptions: gateway('workload', (typo) =>
    GatewayWorkload.existing({ labels: { a: 'b' }, service: 's', ...typo }),
  ),
  ExitGuardProps: (typo, { chart, exit }) =>
    new ExitGuard(chart, 'G', { exit, clusterRanges: ['10.0.0.0/8'], ...typo }),
  GatewayPodOptions: (typo, { chart }) => new EgressWaypoint(chart, 'W', { workload: typo }),
  GatewayResources: gateway('workload', (typo) => GatewayWorkload.managed({ resources: typo })),
  GatewayToleration: gateway('workload', (typo) => GatewayWorkload.managed({ tolerations: [{ key: 'a', ...typo }] })),
  HttpEgressProps: (typo, { chart, exit }) => new HttpEgress(chart, 'A', { hosts, clients, exit, ...typo }),
  HttpHeaderRules: declared('ports', (typo) => [EgressPort.http({ headers: typo })]),
  HttpPortOptions: (typo) => EgressPort.http(typo),
  HttpRuleMatch: (typo) => HttpRule.allow({ methods: ['GET'], ...typo }),
  IngressGatewayAttributes: (typo) => IngressGateway.imported(typo),
  IngressListener: (typo, { chart }) =>
    new UpstreamProxy(chart, 'B', {
      host: 'our.example.com',
      upstreamHost: 'its.example.com',
      ingress: { gateway: ingress, credential: TlsCredential.named('tls'), ...typo },
    }),
  IngressProxyProps: (typo, { chart }) => new IngressProxy(chart, 'B', { hosts, ports, ingress, ...typo }),
  ManagedGatewayOptions: (typo) => GatewayWorkload.managed(typo),
  ManifestQuery: (typo, { app }) => assertions.Manifests.fromApp(app).find(typo),
  MeshSettings: (typo) => Mesh.configure(Testing.app(), typo),
  OpaServiceOptions: (typo) => OpaAuthorization.service({ host: 'opa.opa.svc.cluster.local', ...typo }),
  OpaSidecarOptions: (typo) => OpaAuthorization.sidecar({ policyConfigMap: 'policy', ...typo }),
  OutlierDetection: declared('outlierDetection', (typo) => ({ consecutiveFailures: 1, ...typo })),
  ProxyBackend: (typo, { chart }) =>
    new EgressGuard(chart, 'G', {
      ...guarded,
      backends: [{ namespace: 'obs', service: 'traces', targetPort: 4317, ...typo }],
    }),
  SidecarScopeOptions: (typo) => GuardScope.sidecars(typo),
  SimpleUpstreamTlsOptions: (typo) => UpstreamTls.simple(typo),
  TcpEgressProps: (typo, { chart, exit }) => new TcpEgress(chart, 'A', { hosts, clients, exit, port: 22, ...typo }),
  TcpPortOptions: (typo) => EgressPort.tcp(22, typo),
  TlsOriginationEgressProps: (typo, { chart, exit }) =>
    new TlsOriginationEgress(chart, 'A', { hosts, clients, exit, ...typo }),
  TlsOriginationPortOptions: (typo) => EgressPort.tlsOrigination(typo),
  TlsPassthroughEgressProps: (typo, { chart, exit }) =>
    new TlsPassthroughEgress(chart, 'A', { hosts, clients, exit, ...typo }),
  TlsPassthroughPortOptions: (typo) => EgressPort.tlsPassthrough(typo),
  UpstreamProbe: gateway('upstreamProbe', (typo) => ({ path: '/', ...typo })),
  UpstreamProxyProps: (typo, { chart }) =>
    new UpstreamProxy(chart, 'B', { host: 'our.example.com', upstreamHost: 'its.example.com', clients, ...typo }),
  UpstreamTlsOptions: (typo) => UpstreamTls.mutual(TlsCredential.named('secret'), typo),
};

/** What cdk8s itself takes for objects. It is open to any field, so that this library says which. */
const METADATA = (typo: object, { chart }: World) => new EgressGateway(chart, 'B', { metadata: typo });

function made(make: (typo: object, world: World) => unknown, typo: object): void {
  const app = Testing.app() as App;
  const exit = new EgressGateway(new Chart(app, 'platform'), 'Exit');
  make(typo, { app, exit, chart: new Chart(app, 'payments') });
}

test('every struct that the package takes is here', () => {
  expect(Object.keys(TAKEN).sort()).toEqual(publicApi(program()).structs);
});

test.each(Object.entries({ ...TAKEN, ApiObjectMetadata: METADATA }))(
  '%s: a misspelled option is an error',
  (_, make) => {
    expect(() => made(make, {})).not.toThrow();
    expect(() => made(make, { rule: [] })).toThrow(/\[OptionUnknown\][^]*`rule`/);
  },
);
