/**
 * Where a route rewrites the Host header, Envoy tells the host outside what it was. Pods that the library does not make keep that to
 * themselves if the mesh says so, or their own annotation.
 */
import { App, Chart, Testing } from 'cdk8s';
import { EgressClient, EgressGateway, GatewayWorkload, SidecarExit, TlsOriginationEgress } from '../../src';
import { CallOptions } from '../world/call';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();

/** As docs/preflight.md says under CalledNameTold. */
const HIDDEN = { proxyHeaders: { envoyDebugHeaders: { disabled: true } } };
const FROM = 'tools/builder';
const DIRECT: CallOptions = { from: FROM, url: 'http://weather.example:8080/' };
const EXISTING: CallOptions = { from: FROM, url: 'http://ledger.example:8080/' };

/** The pods of a gateway as others install them: nothing of this library's is on them. */
function bare(objects: any[]): any[] {
  const pods = objects.filter(({ kind }) => ['Deployment', 'Service', 'ServiceAccount'].includes(kind));
  for (const { kind, spec } of pods) {
    if (kind !== 'Deployment') continue;
    delete spec.template.metadata.annotations['proxy.istio.io/config'];
    spec.replicas = 1;
  }
  return pods;
}

function manifests(): string {
  const made = Testing.app() as App;
  new EgressGateway(new Chart(made, 'pods'), 'Exit', { name: 'partner-egress', namespace: 'partners' });
  const pods = bare(made.charts.flatMap((chart) => chart.toJson()));
  const labels = pods.find(({ kind }) => kind === 'Deployment').spec.selector.matchLabels;
  const app = Testing.app() as App;
  const exit = new EgressGateway(new Chart(app, 'platform'), 'Exit', {
    namespace: 'partners',
    workload: GatewayWorkload.existing({ labels, service: 'partner-egress' }),
  });
  const tools = new Chart(app, 'tools');
  const one = { port: 8080, clients: [EgressClient.namespace('tools')] };
  new TlsOriginationEgress(tools, 'Weather', { hosts: ['weather.example'], exit: new SidecarExit(), ...one });
  new TlsOriginationEgress(tools, 'Ledger', { hosts: ['ledger.example'], exit, ...one });
  return [...pods, ...app.charts.flatMap((chart) => chart.toJson())]
    .map((object) => JSON.stringify(object))
    .join('\n---\n');
}

/** What the host outside is told of the name, and of everything else. */
async function told(call: CallOptions) {
  const { seen } = await mesh.expect(call, { outcome: 'allowed', upstream: 'tls' });
  const { headers = {} } = seen.at(-1)!;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name === 'host' || name.startsWith('x-envoy-')));
}

beforeAll(async () => {
  await mesh.namespace('tools');
  await mesh.namespace('partners');
  await mesh.workload({ namespace: 'tools', name: 'builder' });
  for (const host of ['weather.example', 'ledger.example']) await mesh.external({ hosts: [host] });
  await mesh.apply(manifests());
  await mesh.ready();
  await mesh.settled();
});
afterAll(async () => mesh.reset());

test('without the setting, the host reads the name and port that were called', async () => {
  for (const [call, host] of [
    [DIRECT, 'weather.example'],
    [EXISTING, 'ledger.example'],
  ] as const) {
    expect(await told(call)).toEqual({ host, 'x-envoy-original-host': `${host}:8080` });
  }
});

test('with the setting of the mesh, and new pods, it does not', async () => {
  await mesh.configure('REGISTRY_ONLY', {
    defaultConfig: { discoveryAddress: 'istiod.istio-system.svc:15012', ...HIDDEN },
  });
  for (const workload of [FROM, 'partners/partner-egress']) await mesh.restart(workload);
  await mesh.settled();
  expect(await told(DIRECT)).toEqual({ host: 'weather.example' });
  expect(await told(EXISTING)).toEqual({ host: 'ledger.example' });
});
