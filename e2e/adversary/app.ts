import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart, Yaml } from 'cdk8s';
import { parse } from 'yaml';
import { Declared, ExitName, Mode, PORTS, Story } from './story';
import {
  AdmissionGuard,
  Egress,
  EgressClient,
  EgressGateway,
  EgressGuard,
  EgressPort,
  EgressWaypoint,
  ExitGuard,
  GatewayWorkload,
  GuardedNamespaces,
  GuardMode,
  HttpRule,
  InCluster,
  IngressGateway,
  IngressProxy,
  GuardScope,
  TlsCredential,
  Installation,
  Mesh,
  OutboundTrafficPolicy,
  UpstreamProxy,
} from '../../src';

/** Where the exits of all stories stand. */
export const EXITS: Record<ExitName, { readonly namespace: string; readonly name: string }> = {
  first: { namespace: 'istio-egress', name: 'istio-egress' },
  second: { namespace: 'edge', name: 'edge' },
  waypoint: { namespace: 'ambient-egress', name: 'egress-waypoint' },
};

/** What the objects of the first host that the ingress gateway serves are called. */
export const PUBLISHED = 'published';

/** The server behind the wildcard of gateways. */
export const EDGE = 'edge.example.net';

const RULES: Record<string, HttpRule[] | undefined> = {
  none: undefined,
  read: [HttpRule.allow({ methods: ['GET'], paths: ['/v1/*', '/v1'] })],
  'not-admin': [HttpRule.deny({ paths: ['/admin', '/admin/*'] })],
  auditor: [HttpRule.allow({ headers: { 'X-Role': ['auditor'] } })],
};

const MAKE: Record<string, () => EgressPort> = {
  origination: () => EgressPort.tlsOrigination(),
  plain: () => EgressPort.http(),
  plain8080: () => EgressPort.http({ port: 8080 }),
  origination8080: () => EgressPort.tlsOrigination({ port: 8080 }),
  passthrough: () => EgressPort.tlsPassthrough(),
  tcp: () => EgressPort.tcp(PORTS.tcp.port),
  'readable tcp': () => EgressPort.tcp(PORTS.tcp.port, { anyoneInMeshMayReadWhatServerSendsUnasked: true }),
};

function clientOf(text: string): EgressClient {
  const [namespace, account] = text.split('/');
  return account === '*' ? EgressClient.namespace(namespace) : EgressClient.serviceAccount(namespace, account);
}

/** The exits alone. */
export const NOTHING: Story = {
  declarations: [],
  published: [],
  guards: { namespaces: {}, exits: false },
  objects: [],
  moves: [],
};

/** The addresses of the bed's pods and Services. */
const CLUSTER = ['10.244.0.0/16', '10.96.0.0/16'];

/** The Secret with which the ingress gateway serves an alias. */
export const certificateOf = (alias: string): string => `${alias.replace(/\./g, '-')}-tls`;

/** The manifests of a story, or the code with which the library refuses it. */
export function manifestsOf(story: Story): { documents: string[] } | { refused: string } {
  const app = new App({ outdir: '/nonexistent' });
  try {
    build(app, story);
    const problems = app.node.validate();
    if (problems.length > 0) throw new Error(problems[0]);
    return { documents: app.charts.flatMap((chart) => chart.toJson().map((object: object) => Yaml.stringify(object))) };
  } catch (error) {
    const code = /^\[([A-Z]\w+)\]/.exec((error as Error).message)?.[1];
    if (!code) throw error;
    return { refused: code };
  }
}

/** What the library says that the mesh's configuration has to hold. */
export function meshConfig(): object {
  const app = new App({ outdir: '/nonexistent' });
  build(app, NOTHING);
  const folder = mkdtempSync(join(tmpdir(), 'egress-'));
  try {
    Installation.write(app, folder);
    return parse(readFileSync(join(folder, 'mesh-config.yaml'), 'utf8')) as object;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function build(app: App, story: Story): void {
  Mesh.configure(app, {
    dnsProxying: true,
    outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY,
    gatewaysScopedToNamespace: true,
    serviceEntriesScopedToNamespace: true,
    rootNamespaceClosesGateways: true,
  });
  const platform = new Chart(app, 'platform');
  const workload = GatewayWorkload.managed({ replicas: 1 });
  const exits = {
    first: new EgressGateway(platform, 'First', { ...EXITS.first, workload }),
    second: new EgressGateway(platform, 'Second', { ...EXITS.second, workload }),
    waypoint: new EgressWaypoint(platform, 'Waypoint', { ...EXITS.waypoint, workload: { replicas: 1 } }),
  };
  const charts = { one: new Chart(app, 'one'), two: new Chart(app, 'two') };
  story.declarations.forEach((one, index) => declare(charts[one.chart], `Egress${index}`, one, exits));
  story.published.forEach(({ host, port, onlyV1 }, index) => {
    new IngressProxy(platform, `Published${index}`, {
      name: index === 0 ? PUBLISHED : undefined,
      ingress: IngressGateway.imported(),
      hosts: [host],
      endpoints: host.startsWith('*') ? [{ address: EDGE }] : undefined,
      ports: [MAKE[port]()],
      paths: onlyV1 ? ['/v1'] : undefined,
    });
  });
  guard(platform, story, exits);
}

type Exits = { first: EgressGateway; second: EgressGateway; waypoint: EgressWaypoint };

function declare(chart: Chart, id: string, one: Declared, exits: Exits): void {
  const clients = one.clients.map(clientOf);
  const rules = RULES[one.rules];
  if (one.upstream === undefined) {
    new Egress(chart, id, {
      hosts: [one.host],
      endpoints: one.host.startsWith('*') && one.exit !== 'waypoint' ? [{ address: EDGE }] : undefined,
      exit: exits[one.exit],
      ports: one.ports.map((port) => MAKE[port]()),
      clients,
      rules,
    });
    return;
  }
  new UpstreamProxy(chart, id, {
    host: one.host,
    upstreamHost: one.upstream,
    exit: one.exit === 'second' ? exits.second : exits.first,
    clients,
    rules,
    ingress: one.outside
      ? { gateway: IngressGateway.imported(), credential: TlsCredential.named(certificateOf(one.host)) }
      : undefined,
  });
}

const modeOf = (mode: Mode) => GuardMode[mode];

function guard(platform: Chart, { guards }: Story, exits: Exits): void {
  const admission =
    guards.admission &&
    new AdmissionGuard(platform, 'Admission', { mode: modeOf(guards.admission), clusterRanges: CLUSTER });
  for (const [namespace, mode] of Object.entries(guards.namespaces)) {
    new EgressGuard(platform, `Guard ${namespace}`, {
      namespaces: GuardedNamespaces.named([namespace]),
      inCluster: InCluster.none(),
      mode: modeOf(mode),
      admission,
      scope: namespace === 'agents' ? GuardScope.ambient() : undefined,
      clusterRanges: CLUSTER,
    });
  }
  if (!guards.exits) return;
  for (const exit of Object.values(exits)) {
    new ExitGuard(platform, `Guard ${exit.exitName}`, { exit, clusterRanges: CLUSTER });
  }
}
