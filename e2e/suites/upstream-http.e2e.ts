/** Versions of HTTP between exits and external hosts: what each setting carries to servers that speak one version alone, or both. */
import { App, Chart, Testing } from 'cdk8s';
import {
  Egress,
  EgressClient,
  EgressGateway,
  EgressPort,
  EgressWaypoint,
  EgressExit,
  SidecarExit,
  UpstreamHttp,
} from '../../src';
import { InternetPort } from '../bed/internet/record';
import { CallOptions, isAnswered } from '../world/call';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();

/** What servers speak. */
const SPEAKS: Record<string, InternetPort['http']> = { one: '1.1', two: '2', both: undefined };
/** Each exit has servers of its own: ztunnel takes one ServiceEntry of a host for everybody, whatever its `exportTo`. */
const hostOf = (server: string, namespace: string) => `speaks-${server}.${namespace}.example`;
const SETTINGS = [UpstreamHttp.HTTP_1_1, UpstreamHttp.HTTP_2, UpstreamHttp.AS_CALLED];

/** Each setting has a port that applications call: one of the host's own in plaintext, or one that the exit turns into TLS. */
const PORT = { plaintext: (setting: number) => 8000 + setting, tls: (setting: number) => 9000 + setting };
type Leg = keyof typeof PORT;

const EXITS: Record<string, { namespace: string; labels?: Record<string, string>; make: (app: App) => EgressExit }> = {
  'an egress gateway': {
    namespace: 'payments',
    make: (app) => new EgressGateway(new Chart(app, 'gateway'), 'Exit', { namespace: 'gateways' }),
  },
  'a waypoint': {
    namespace: 'shop',
    labels: { 'istio.io/dataplane-mode': 'ambient' },
    make: (app) => new EgressWaypoint(new Chart(app, 'waypoint'), 'Waypoint'),
  },
  'the caller’s sidecar': { namespace: 'tools', make: () => new SidecarExit() },
};

const CALLS: Record<string, Pick<CallOptions, 'url' | 'http'>> = {
  'HTTP/1.1': { url: 'http://HOST/' },
  'HTTP/2': { url: 'http://HOST/', http: '2' },
  gRPC: { url: 'grpc://HOST/bed.Echo/Say' },
  WebSocket: { url: 'ws://HOST/socket' },
};

/** In which version each kind of call arrives, by setting and by what the server speaks; what is not there fails. */
const ARRIVES: Record<UpstreamHttp, Record<string, Record<string, string>>> = {
  HTTP_1_1: {
    one: { 'HTTP/1.1': '1.1', 'HTTP/2': '1.1', WebSocket: '1.1' },
    two: {},
    both: { 'HTTP/1.1': '1.1', 'HTTP/2': '1.1', WebSocket: '1.1' },
  },
  HTTP_2: {
    one: {},
    two: { 'HTTP/1.1': '2.0', 'HTTP/2': '2.0', gRPC: '2.0' },
    both: { 'HTTP/1.1': '2.0', 'HTTP/2': '2.0', gRPC: '2.0' },
  },
  AS_CALLED: {
    one: { 'HTTP/1.1': '1.1', WebSocket: '1.1' },
    two: { 'HTTP/2': '2.0', gRPC: '2.0' },
    both: { 'HTTP/1.1': '1.1', 'HTTP/2': '2.0', gRPC: '2.0', WebSocket: '1.1' },
  },
};

async function arrivals(from: string, authority: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [kind, call] of Object.entries(CALLS)) {
    const result = await mesh.call({ from, ...call, url: call.url.replace('HOST', authority), timeout: 4000 });
    const isWhole = kind !== 'gRPC' || result.trailers?.['grpc-status'] === '0';
    if (isAnswered(result) && isWhole) found[kind] = result.seen.find((record) => record.call === result.id)!.http!;
  }
  return found;
}

beforeAll(async () => {
  for (const name of ['gateways', 'istio-egress']) await mesh.namespace(name);
  const app = Testing.app() as App;
  for (const { namespace, labels, make } of Object.values(EXITS)) {
    await mesh.namespace(namespace, { labels });
    await mesh.workload({ namespace, name: 'caller' });
    for (const [server, http] of Object.entries(SPEAKS)) {
      const plain = SETTINGS.map((_, index) => ({ port: PORT.plaintext(index), protocol: 'http' as const, http }));
      const ports = [...plain, { port: 443, protocol: 'https' as const, http }];
      await mesh.external({ hosts: [hostOf(server, namespace)], ports });
    }
    const chart = new Chart(app, namespace);
    const exit = make(app);
    const ports = SETTINGS.flatMap((upstreamHttp, index) => [
      EgressPort.http({ port: PORT.plaintext(index), upstreamHttp }),
      EgressPort.tlsOrigination({ port: PORT.tls(index), upstreamHttp }),
    ]);
    const hosts = Object.keys(SPEAKS).map((server) => hostOf(server, namespace));
    new Egress(chart, 'Versions', { hosts, ports, exit, clients: [EgressClient.namespace(namespace)] });
  }
  await mesh.apply(app.charts.flatMap((chart) => chart.toJson()));
  await mesh.ready();
  await mesh.settled();
});
afterAll(async () => mesh.reset());

describe.each(Object.keys(EXITS))('through %s', (exit) => {
  const { namespace } = EXITS[exit];

  it.each((Object.keys(PORT) as Leg[]).flatMap((leg) => SETTINGS.map((setting, index) => ({ leg, setting, index }))))(
    '$setting in $leg',
    async ({ leg, setting, index }) => {
      const found: Record<string, unknown> = {};
      for (const server of Object.keys(SPEAKS)) {
        found[server] = await arrivals(`${namespace}/caller`, `${hostOf(server, namespace)}:${PORT[leg](index)}`);
      }
      expect(found).toEqual(ARRIVES[setting]);
    },
  );
});
