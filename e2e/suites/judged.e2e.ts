/** What the policy of an exit judged is what the upstream reads: forms of paths, methods and headers that could be read twice. */
import { App, Chart, Testing } from 'cdk8s';
import {
  Egress,
  EgressClient,
  EgressGateway,
  EgressPort,
  EgressWaypoint,
  HttpRetries,
  HttpRule,
  EgressExit,
} from '../../src';
import { CallResult } from '../world/call';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();

const EXITS = [
  { title: 'a gateway', namespace: 'shop', turn: 0 },
  { title: 'a waypoint', namespace: 'payments', turn: 1 },
];

function declare(app: App, namespace: string, exit: EgressExit): void {
  const chart = new Chart(app, namespace);
  const clients = [EgressClient.namespace(namespace)];
  const ports = [
    EgressPort.http({ retries: HttpRetries.idempotent(1), headers: { requestSet: { 'x-level': 'high' } } }),
  ];
  new Egress(chart, 'Ledger', {
    hosts: ['ledger.example'],
    exit,
    clients,
    ports,
    rules: [
      HttpRule.allow({ methods: ['GET', 'POST'], paths: ['/v1/*', '/users/{*}'] }),
      HttpRule.allow({ paths: ['/audit'], headers: { 'X-Role': ['auditor'] } }),
      HttpRule.allow({ paths: ['/root'], headers: { 'X-Role': ['root'] } }),
      HttpRule.allow({ paths: ['/level'], headers: { 'X-Level': ['high'] } }),
    ],
  });
  new Egress(chart, 'Open', {
    hosts: ['open.example'],
    exit,
    clients,
    ports,
    rules: [HttpRule.deny({ methods: ['DELETE'] }), HttpRule.deny({ paths: ['/admin', '/admin/*'] })],
  });
}

beforeAll(async () => {
  await mesh.namespace('istio-egress');
  await mesh.namespace('shop');
  await mesh.namespace('payments', { labels: { 'istio.io/dataplane-mode': 'ambient' } });
  for (const { namespace } of EXITS) await mesh.workload({ namespace, name: 'web' });
  const ports = [{ port: 80, protocol: 'http' as const, webSocket: false }];
  for (const host of ['ledger', 'open']) await mesh.external({ hosts: [`${host}.example`], ports });
  const app = Testing.app() as App;
  const platform = new Chart(app, 'platform');
  const gateway = new EgressGateway(platform, 'Exit');
  declare(app, 'shop', gateway);
  declare(app, 'payments', new EgressWaypoint(platform, 'Waypoint', { beside: gateway }));
  await mesh.apply(app.charts.flatMap((chart) => chart.toJson()));
  await mesh.ready();
  await mesh.settled();
}, 180_000);
afterAll(async () => mesh.reset());

interface Sent {
  readonly method?: string;
  readonly lines?: string[];
}

describe.each(EXITS)('$title', ({ namespace, turn }) => {
  /** As the bytes say, which no library corrects. */
  const http1 = async (host: string, path: string, { method = 'GET', lines = [] }: Sent = {}) => {
    const body = [`${method} ${path} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...lines, '', ''].join('\r\n');
    return mesh.call({ from: `${namespace}/web`, url: `tcp://${host}:80`, body, timeout: 2000 });
  };
  const http2 = async (host: string, path: string, { method, lines = [] }: Sent = {}) => {
    const headers: Record<string, any> = { ':path': path };
    for (const line of lines) {
      const [name, value] = line.toLowerCase().split(': ');
      headers[name] = [...(headers[name] ?? []), value];
    }
    return mesh.call({ from: `${namespace}/web`, url: `http://${host}/`, http: '2', method, headers, timeout: 2000 });
  };
  /** One protocol after the other; what goes to the gateway by the one goes to the waypoint by the other. */
  let calls = turn;
  const send = async (...call: Parameters<typeof http1>) => (calls++ % 2 ? http2 : http1)(...call);
  const arrived = ({ seen }: CallResult) => seen.filter(({ kind }) => kind === 'request');

  test.each<[string, string, Sent?]>([
    ['ledger.example', '/v1/charges?next=/v1/%2e%2e;a//b'],
    ['ledger.example', '/v1/charges/'],
    ['ledger.example', '/v1/a%20b/%C3%BC/jane%40example.com'],
    ['ledger.example', '/users/a:b'],
    ['ledger.example', '/audit', { lines: ['X-Role: auditor'] }],
    ['ledger.example', '/v1/x', { lines: ['X-Role: guest'], method: 'POST' }],
    ['open.example', '/other/', { method: 'POST' }],
  ])('lets through %s%s (%#)', async (host, path, sent = {}) => {
    const [request, ...others] = arrived(await send(host, path, sent));
    expect(request).toMatchObject({ path, method: sent.method ?? 'GET' });
    expect(others).toEqual([]);
  });

  test.each<[string, string, Sent?]>([
    ['ledger.example', '/v1/..%2fadmin'],
    ['ledger.example', '/v1/..%2F..%2Fadmin'],
    ['ledger.example', '/v1/..%5cadmin'],
    ['ledger.example', '/v1/..\\..\\admin'],
    ['ledger.example', '/v1/%2e%2e/admin'],
    ['ledger.example', '/v1/..;/admin'],
    ['ledger.example', '/v1/a;/../../admin'],
    ['ledger.example', '/v1/%252e%252e%252fadmin'],
    ['ledger.example', '/v1/%c0%ae%c0%ae/admin'],
    ['ledger.example', '/v1/%u002e%u002e/admin'],
    ['ledger.example', '/v1//admin'],
    ['ledger.example', '/users/..%2fadmin'],
    ['ledger.example', '/users/a%2fb'],
    ['ledger.example', '/level'],
    ['ledger.example', '/audit', { lines: ['X-Role: guest'] }],
    ['ledger.example', '/audit', { lines: ['X-Role: auditor', 'X-Role: root'] }],
    ['ledger.example', '/audit', { lines: ['X-Role: root', 'X-Role: auditor'] }],
    ['ledger.example', '/audit', { lines: ['X-Role: auditor,root'] }],
    ['open.example', '//admin/keys'],
    ['open.example', '/x/..%2fadmin'],
    ['open.example', '/%61dmin/keys'],
    ['open.example', '/admin;x/keys'],
    ['open.example', '/x', { method: 'DELETE' }],
    ['open.example', '/x', { method: 'delete' }],
  ])('refuses %s%s (%#)', async (host, path, sent = {}) => {
    const result = await send(host, path, sent);
    expect(arrived(result)).toEqual([]);
    expect(result.status ?? Number(/^HTTP\/1.1 (\d+)/.exec(result.body ?? '')?.[1])).toBeGreaterThanOrEqual(400);
  });

  // Behind the request that opens a tunnel, proxies read nothing; a server that opens none reads the next request there.
  test.each(['Upgrade: websocket', 'upgrade: WebSocket'])(
    'refuses a second request behind a tunnel (%s)',
    async (line) => {
      const host = 'ledger.example';
      const first = [`GET /v1/x HTTP/1.1`, `Host: ${host}`, 'Connection: Upgrade', line, '', ''].join('\r\n');
      const second = [`GET /admin HTTP/1.1`, `Host: ${host}`, '', ''].join('\r\n');
      const result = await mesh.call({
        from: `${namespace}/web`,
        url: `tcp://${host}:80`,
        body: first + second,
        timeout: 2000,
      });
      expect(arrived(result).map(({ path }: any) => path)).not.toContain('/admin');
    },
  );

  test.each<[string, string[], { [name: string]: string | undefined }]>([
    ['/audit', ['X-Role: auditor', 'X-Role: guest'], { 'x-role': 'auditor' }],
    ['/audit', ['X-Role: guest,root', 'X-Role: auditor'], { 'x-role': 'auditor' }],
    ['/audit', ['X-Role: auditor', 'X_Role: root'], { 'x-role': 'auditor', x_role: undefined }],
    [
      '/v1/x',
      ['X-HTTP-Method-Override: DELETE', 'X-Original-URL: /admin'],
      { 'x-http-method-override': undefined, 'x-original-url': undefined },
    ],
  ])('%s with %j arrives as it was judged', async (path, lines, expected) => {
    const [request] = arrived(await send('ledger.example', path, { lines }));
    for (const [name, value] of Object.entries(expected)) expect([name, request.headers![name]]).toEqual([name, value]);
  });

  it('judges what the caller sent, not what the exit sets afterwards', async () => {
    const [request] = arrived(await http1('ledger.example', '/level', { lines: ['X-Level: high'] }));
    expect(request.headers!['x-level']).toBe('high');
  });
});
