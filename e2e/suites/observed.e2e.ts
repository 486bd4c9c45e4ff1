/** From open to closed: while a namespace is observed nothing breaks, and the logs name whatever would. */
import { join, resolve } from 'node:path';
import { App, Chart, Testing } from 'cdk8s';
import { ModuleKind, transpileModule } from 'typescript';
import { example } from './examples';
import { observeThenEnforce } from '../../examples/observe-then-enforce/chart';
import * as library from '../../src';
import { main } from '../../src/cli/main';
import { podDirectory } from '../bed/layout';
import { eventually } from '../bed/poll';
import { prepare } from '../prove/prove';
import { CallOptions } from '../world/call';
import { Expectation } from '../world/expect';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();
const given = example('dist/observe-then-enforce');
const EXIT = 'istio-egress/istio-egress';

/** What everybody calls who has not been told yet; the same from every namespace. */
interface Habit {
  readonly title: string;
  readonly call: (namespace: string) => CallOptions;
  readonly open: Expectation;
  /** What a namespace that enforces makes of it. */
  readonly closed: Expectation;
  /** Where the report of what is missing has it. */
  readonly reported: (report: any, namespace: string) => boolean;
}

const undeclared = (port: number, kind: string) => (report: any, namespace: string) =>
  report.hosts.some(
    ({ host, ports }: any) =>
      host === 'undeclared.example.org' &&
      ports.some((one: any) => one.port === port && one.kind === kind && isCaller(one.callers, namespace, 'web')),
  );

const isCaller = (callers: any[], namespace: string, serviceAccount: string) =>
  callers.some((caller) => caller.namespace === namespace && caller.serviceAccount === serviceAccount);

const byAddress = (port: number) => (report: any, namespace: string) =>
  report.addresses.some((one: any) => one.port === port && isCaller(one.callers, namespace, 'web'));

const from =
  (name: string, url: string, rest: Partial<CallOptions> = {}) =>
  (namespace: string) => ({
    from: `${namespace}/${name}`,
    url,
    timeout: 3000,
    ...rest,
  });

const HABITS: Habit[] = [
  {
    title: 'HTTP to a host that nobody declared',
    call: from('web', 'http://undeclared.example.org/'),
    open: { outcome: 'allowed', server: 'undeclared.example.org', upstream: 'plaintext' },
    closed: { outcome: 'refused', status: 502 },
    reported: undeclared(80, 'http'),
  },
  {
    title: 'HTTPS to it',
    call: from('web', 'https://undeclared.example.org/'),
    open: { outcome: 'allowed', server: 'undeclared.example.org', tlsBy: 'caller' },
    closed: { outcome: 'refused', failure: ['reset', 'closed'] },
    reported: undeclared(443, 'tls'),
  },
  {
    title: 'HTTP on another port, where sidecars see an address alone',
    call: from('web', 'http://undeclared.example.org:8088/'),
    open: { outcome: 'allowed', server: 'undeclared.example.org' },
    closed: { outcome: 'refused', failure: ['reset', 'closed'] },
    reported: byAddress(8088),
  },
  {
    title: 'TCP',
    call: from('web', 'tcp://undeclared.example.org:5432'),
    open: { outcome: 'allowed', server: 'undeclared.example.org' },
    closed: { outcome: 'refused', failure: ['reset', 'closed'] },
    reported: byAddress(5432),
  },
  {
    title: 'a Service of another namespace',
    call: from('web', 'http://web.stranger.svc.cluster.local/'),
    open: { outcome: 'refused', status: 200 }, // not from outside: its pod answers
    closed: { outcome: 'refused', status: 502 },
    reported: (report, namespace) =>
      JSON.stringify(report.inCluster).includes(`"${namespace}"`) &&
      JSON.stringify(report.inCluster).includes('"stranger"'),
  },
  {
    title: 'a declared host, from a service account without a grant',
    call: from('clerk', 'http://api.stripe.com/'),
    open: { outcome: 'allowed', server: 'api.stripe.com', upstream: 'tls' },
    closed: { outcome: 'refused', status: 403 },
    reported: (report, namespace) =>
      report.clients.some(
        ({ host, caller }: any) =>
          host === 'api.stripe.com' && caller.namespace === namespace && caller.serviceAccount === 'clerk',
      ),
  },
];

const DECLARED = from('web', 'http://api.stripe.com/v1/charges');
const DECLARED_WORKS: Expectation = { outcome: 'allowed', server: 'api.stripe.com', upstream: 'tls' };

/** The access logs of workloads' pods. */
async function logsOf(...workloads: string[]): Promise<string[]> {
  const pods = (await Promise.all(workloads.map(async (workload) => mesh.pods(workload)))).flat();
  return pods.map(({ metadata }) => join(podDirectory(metadata.namespace!, metadata.name), 'proxy/proxy.log'));
}

/** What `cdk8s-istio-egress missing` makes of the logs of a namespace's sidecars, and of the exit's. */
async function missing(namespace: string, ...options: string[]): Promise<{ code: number; out: string; err: string }> {
  const logs = await logsOf(`${namespace}/web`, `${namespace}/clerk`, EXIT);
  let [out, err] = ['', ''];
  const streams = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
    stdin: () => process.stdin,
  };
  const code = await main(['missing', ...logs, ...options], streams);
  return { code, out, err };
}

const report = async (namespace: string) => JSON.parse((await missing(namespace, '--output', 'json')).out);

/** The example's app, with what somebody pasted into it. */
function pasted(source: string): string {
  const app = Testing.app() as App;
  observeThenEnforce(app);
  const exit = app.node.findAll().find((node) => node instanceof library.EgressGateway);
  const { outputText } = transpileModule(source, { compilerOptions: { module: ModuleKind.CommonJS } });
  const run = new Function('exports', 'require', 'chart', 'exit', outputText) as (...given: unknown[]) => void;
  run({}, () => library, new Chart(app, 'pasted'), exit);
  return app.charts
    .flatMap((chart) => chart.toJson())
    .map((object) => JSON.stringify(object))
    .join('\n---\n');
}

beforeAll(async () => {
  const ports = [
    { port: 80, protocol: 'http' as const },
    { port: 443, protocol: 'https' as const },
    { port: 8088, protocol: 'http' as const },
    { port: 5432, protocol: 'tcp' as const },
  ];
  const { world } = given;
  const workloads = [
    ...world.workloads!,
    { namespace: 'shop', name: 'clerk' },
    { namespace: 'stranger', name: 'web', sidecar: false },
  ];
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'stranger', name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
  };
  await prepare(
    mesh,
    {
      ...world,
      workloads,
      external: [{ hosts: ['api.stripe.com'] }, { hosts: ['undeclared.example.org'], ports }],
      // The format with which sidecars and exits log takes the place of the bed's own: what a call passed is in these logs alone.
      meshConfig: resolve(__dirname, '../../install/observe-then-enforce/mesh-config.yaml'),
    },
    [...given.documents, JSON.stringify(service)],
  );
});
afterAll(async () => mesh.reset());

test.each(['orders', 'shop', 'payments'])('%s misses nothing while it calls what is declared', async (namespace) => {
  await mesh.expect(DECLARED(namespace), DECLARED_WORKS);
  const { code, out, err } = await missing(namespace);
  expect({ code, out }).toEqual({ code: 0, out: '' });
  expect(err).toMatch(/^\d+ lines read/);
});

describe.each(['orders', 'shop'])('%s, which is observed or warned', (namespace) => {
  it.each(HABITS)('works: $title', async ({ call, open }) => {
    await mesh.expect(call(namespace), open);
  });

  it.each(HABITS)('is in the log: $title', async ({ reported }) => {
    const isReported = async () => reported(await report(namespace), namespace);
    await eventually('the line that tells', isReported, { within: 5000 });
  });
});

describe('payments, which enforces', () => {
  it.each(HABITS)('refuses: $title', async ({ call, closed }) => {
    await mesh.expect(call('payments'), closed);
  });

  it.each(HABITS)('has it in the log: $title', async ({ reported }) => {
    const isReported = async () => reported(await report('payments'), 'payments');
    await eventually('the line that tells', isReported, { within: 5000 });
  });

  it('what is printed for it is what was missing: pasted, the calls come through', async () => {
    const { code, out } = await missing('payments');
    expect(code).toBe(1);
    await mesh.apply(pasted(out));
    await mesh.settled();
    const exits = (await mesh.pods(EXIT)).map(({ status }) => status.podIP as string);
    for (const { call } of HABITS.slice(0, 2)) {
      const { seen } = await mesh.expect(call('payments'), { outcome: 'allowed', server: 'undeclared.example.org' });
      expect(exits).toContain(seen[0].from.split(':')[0]);
    }
  });
});
