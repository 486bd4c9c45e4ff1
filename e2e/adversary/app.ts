import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart, Yaml } from 'cdk8s';
import { parse } from 'yaml';
import { ExitName, PORTS, Story } from './story';
import {
  Egress,
  EgressClient,
  EgressGateway,
  EgressGuard,
  EgressPort,
  EgressWaypoint,
  GatewayWorkload,
  GuardedNamespaces,
  HttpRule,
  EgressExit,
  InCluster,
  Installation,
  Mesh,
  OutboundTrafficPolicy,
} from '../../src';

/** Where the exits of all stories stand. */
export const EXITS: Record<ExitName, { readonly namespace: string; readonly name: string }> = {
  first: { namespace: 'istio-egress', name: 'istio-egress' },
  second: { namespace: 'edge', name: 'edge' },
  waypoint: { namespace: 'ambient-egress', name: 'egress-waypoint' },
};

/** The server behind the wildcard of gateways. */
export const EDGE = 'edge.example.net';

const RULES: Record<string, HttpRule[] | undefined> = {
  none: undefined,
  read: [HttpRule.allow({ methods: ['GET'], paths: ['/v1/*', '/v1'] })],
  'not-admin': [HttpRule.deny({ paths: ['/admin', '/admin/*'] })],
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
  build(app, { declarations: [], guarded: false, objects: [], moves: [] });
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
  });
  const platform = new Chart(app, 'platform');
  const workload = GatewayWorkload.managed({ replicas: 1 });
  const exits: Record<ExitName, EgressExit> = {
    first: new EgressGateway(platform, 'First', { ...EXITS.first, workload }),
    second: new EgressGateway(platform, 'Second', { ...EXITS.second, workload }),
    waypoint: new EgressWaypoint(platform, 'Waypoint', { ...EXITS.waypoint, workload: { replicas: 1 } }),
  };
  const charts = { one: new Chart(app, 'one'), two: new Chart(app, 'two') };
  story.declarations.forEach((one, index) => {
    new Egress(charts[one.chart], `Egress${index}`, {
      hosts: [one.host],
      endpoints: one.host.startsWith('*') && one.exit !== 'waypoint' ? [{ address: EDGE }] : undefined,
      exit: exits[one.exit],
      ports: one.ports.map((port) => MAKE[port]()),
      clients: one.clients.map(clientOf),
      rules: RULES[one.rules],
    });
  });
  if (!story.guarded) return;
  new EgressGuard(platform, 'Guard', { namespaces: GuardedNamespaces.named(['pay']), inCluster: InCluster.none() });
}
