/** What the documentation says of declarations that no example makes: ports, headers, timeouts, retries, exits and clients. */
import { App, Chart, Duration, Testing } from 'cdk8s';
import {
  Egress,
  EgressClient,
  EgressGateway,
  EgressPort,
  GatewayWorkload,
  HttpEgress,
  HttpRetries,
  TlsOriginationEgress,
  UpstreamTls,
} from '../../src';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();

const checkout = [EgressClient.serviceAccount('payments', 'checkout')];
const report = [EgressClient.serviceAccount('payments', 'report')];
const EXIT = 'istio-egress/istio-egress';

/** Puts what `declare` makes into the mesh, with the callers that all tests use. */
async function stage(declare: (chart: Chart, exit: EgressGateway) => void): Promise<void> {
  const app = Testing.app() as App;
  const exit = new EgressGateway(new Chart(app, 'platform'), 'Exit');
  declare(new Chart(app, 'payments'), exit);
  await callers();
  await apply(app);
}

async function callers(): Promise<void> {
  for (const name of ['istio-egress', 'payments', 'shop']) await mesh.namespace(name);
  await mesh.workload({ namespace: 'payments', name: 'checkout', serviceAccount: 'checkout' });
  await mesh.workload({ namespace: 'payments', name: 'report', serviceAccount: 'report' });
  await mesh.workload({ namespace: 'shop', name: 'web', serviceAccount: 'web' });
}

async function apply(app: App): Promise<void> {
  await mesh.apply(
    app.charts
      .flatMap((chart) => chart.toJson())
      .map((object) => JSON.stringify(object))
      .join('\n---\n'),
  );
  await mesh.ready();
  await mesh.settled();
}

/** A Service of an exit with a second port, for what nobody reads. */
function withTls(service: any): object {
  const ports = [...service.spec.ports, { name: 'tls', port: 443, targetPort: 8443 }];
  return { ...service, spec: { ...service.spec, ports } };
}

afterAll(async () => mesh.reset());

describe('one host on several ports', () => {
  beforeAll(async () => {
    await mesh.external({
      hosts: ['multi.example'],
      ports: [
        { port: 8080, protocol: 'http' },
        { port: 443, protocol: 'https' },
        { port: 8443, protocol: 'https' },
      ],
    });
    await stage((chart, exit) => {
      const hosts = ['multi.example'];
      new Egress(chart, 'Both', {
        hosts,
        exit,
        clients: checkout,
        ports: [EgressPort.tlsOrigination(), EgressPort.http({ port: 8080 })],
      });
      new TlsOriginationEgress(chart, 'Odd', { hosts, exit, clients: report, port: 9000, upstreamPort: 8443 });
    });
  });
  afterAll(async () => mesh.reset());

  const allowed = { outcome: 'allowed', through: [EXIT], hop: 'mutual', meshHeaders: 'hidden' } as const;

  test('each port is reached as declared', async () => {
    await mesh.expect({ from: 'payments/checkout', url: 'http://multi.example/' }, { ...allowed, upstream: 'tls' });
    await mesh.expect(
      { from: 'payments/checkout', url: 'http://multi.example:8080/' },
      { ...allowed, upstream: 'plaintext' },
    );
    await mesh.expect({ from: 'payments/report', url: 'http://multi.example:9000/' }, { ...allowed, upstream: 'tls' });
  });

  test('the host reads its own port in the Host header', async () => {
    const hostSeen = async (from: string, url: string) =>
      (await mesh.call({ from, url })).seen.find((record) => record.host)?.host;
    expect(await hostSeen('payments/checkout', 'http://multi.example/')).toBe('multi.example');
    expect(await hostSeen('payments/checkout', 'http://multi.example:8080/')).toBe('multi.example:8080');
    expect(await hostSeen('payments/report', 'http://multi.example:9000/')).toBe('multi.example:8443');
  });

  test.each(['MULTI.example:8080', 'multi.example', 'multi.example:9000', 'multi.example:443'])(
    'the port that is called counts, not what Host %s says',
    async (host) => {
      const call = { url: 'http://multi.example:8080/', headers: { host } };
      await mesh.expect({ ...call, from: 'payments/checkout' }, { ...allowed, upstream: 'plaintext' });
      await mesh.expect({ ...call, from: 'payments/report' }, { outcome: 'refused', status: 403, by: EXIT });
    },
  );

  test.each([
    ['payments/report', 'http://multi.example/'],
    ['payments/report', 'http://multi.example:8080/'],
    ['payments/checkout', 'http://multi.example:9000/'],
  ])('%s does not get through to %s, which it has no grant for', async (from, url) => {
    for (const host of ['multi.example', 'multi.example:8080', 'MULTI.example:9000']) {
      await mesh.expect({ from, url, headers: { host } }, { outcome: 'refused', status: 403, by: EXIT });
    }
  });
});

describe('headers', () => {
  beforeAll(async () => {
    await mesh.external({ hosts: ['headers.example'] });
    await stage(
      (chart, exit) =>
        new HttpEgress(chart, 'Headers', {
          hosts: ['headers.example'],
          exit,
          clients: checkout,
          headers: {
            requestSet: { 'x-tenant': '100% %DOWNSTREAM_PEER_SUBJECT%' },
            requestRemove: ['cookie'],
            responseAdd: { 'x-by': 'exit' },
          },
          keepMeshHeaders: ['x-request-id'],
        }),
    );
  });
  afterAll(async () => mesh.reset());

  test('rules hold, values are literal, and only the header that is kept stays', async () => {
    const result = await mesh.expect(
      { from: 'payments/checkout', url: 'http://headers.example/', headers: { cookie: 'a=b', 'x-tenant': 'mine' } },
      { outcome: 'allowed', meshHeaders: 'hidden' },
    );
    const seen = result.seen.find((record) => record.kind === 'request')!.headers!;
    expect(seen['x-tenant']).toBe('100% %DOWNSTREAM_PEER_SUBJECT%');
    expect(seen.cookie).toBeUndefined();
    expect(seen['x-request-id']).toBeDefined();
    expect(result.headers?.['x-by']).toBe('exit');
  });
});

describe('timeouts and retries', () => {
  beforeAll(async () => {
    await mesh.external({ hosts: ['slow.example'] });
    for (const host of ['none', 'idempotent', 'any']) await mesh.external({ hosts: [`${host}.example`] });
    await stage((chart, exit) => {
      const through = { exit, clients: checkout };
      new HttpEgress(chart, 'Slow', { hosts: ['slow.example'], ...through, timeout: Duration.millis(400) });
      new HttpEgress(chart, 'None', { hosts: ['none.example'], ...through });
      new HttpEgress(chart, 'Idempotent', {
        hosts: ['idempotent.example'],
        ...through,
        retries: HttpRetries.idempotent(2),
      });
      new HttpEgress(chart, 'Any', { hosts: ['any.example'], ...through, retries: HttpRetries.anyMethod(2) });
    });
  });
  afterAll(async () => {
    await mesh.behave('slow.example', {});
    await mesh.reset();
  });

  test('a host that is too slow gives 504', async () => {
    await mesh.expect({ from: 'payments/checkout', url: 'http://slow.example/' }, { outcome: 'allowed', status: 200 });
    await mesh.behave('slow.example', { delay: 2000 });
    const result = await mesh.call({ from: 'payments/checkout', url: 'http://slow.example/' });
    expect(result.status).toBe(504);
  });

  test.each([
    ['none', 'GET', 1],
    ['none', 'POST', 1],
    ['idempotent', 'GET', 3],
    ['idempotent', 'PUT', 3],
    ['idempotent', 'POST', 1],
    ['idempotent', 'PATCH', 1],
    ['any', 'GET', 3],
    ['any', 'POST', 3],
  ])('HttpRetries.%s sends a failing %s %d times', async (host, method, times) => {
    await mesh.expect({ from: 'payments/checkout', url: `http://${host}.example/` }, { outcome: 'allowed' });
    const result = await mesh.call({ from: 'payments/checkout', url: `http://${host}.example/status/503`, method });
    expect(result.status).toBe(503);
    expect(result.seen.filter((record) => record.kind === 'request')).toHaveLength(times);
  });
});

describe('verification', () => {
  beforeAll(async () => {
    await mesh.external({ hosts: ['untrusted.example'], ca: 'untrusted' });
    await mesh.external({ hosts: ['renamed.example'], certificateHosts: ['other.example'] });
    await mesh.external({ hosts: ['expected.example', 'edge.example'], certificateHosts: ['edge.example'] });
    await mesh.external({ hosts: ['private.example'], requireClientCertificate: true });
    await stage((chart, exit) => {
      const through = { exit, clients: checkout };
      new TlsOriginationEgress(chart, 'Untrusted', { hosts: ['untrusted.example'], ...through });
      new TlsOriginationEgress(chart, 'Renamed', { hosts: ['renamed.example'], ...through });
      const tls = UpstreamTls.simple({ sni: 'edge.example', subjectAltNames: ['edge.example'] });
      new TlsOriginationEgress(chart, 'Expected', { hosts: ['expected.example'], ...through, tls });
      new TlsOriginationEgress(chart, 'Private', { hosts: ['private.example'], ...through });
    });
  });
  afterAll(async () => mesh.reset());

  test('a certificate that carries the expected name is accepted', async () => {
    await mesh.expect(
      { from: 'payments/checkout', url: 'http://expected.example/' },
      { outcome: 'allowed', upstream: 'tls' },
    );
  });

  test.each(['untrusted.example', 'renamed.example'])('the certificate of %s is not', async (host) => {
    await mesh.expect(
      { from: 'payments/checkout', url: `http://${host}/` },
      { outcome: 'refused', status: 503, by: EXIT, outside: 'handshake' },
    );
  });

  test('without a client certificate, a host that asks for one answers nothing', async () => {
    const result = await mesh.call({ from: 'payments/checkout', url: 'http://private.example/' });
    expect(result.status).toBe(503);
    expect(result.seen.filter((record) => record.kind === 'request')).toEqual([]);
  });
});

describe('clients and exits', () => {
  afterEach(async () => mesh.reset());

  test('the whole mesh is led when that is declared, and nothing else is open to it', async () => {
    await mesh.external({ hosts: ['open.example'] });
    await mesh.external({ hosts: ['closed.example'] });
    await stage((chart, exit) => {
      new TlsOriginationEgress(chart, 'Open', { hosts: ['open.example'], exit, clients: [EgressClient.anyInMesh()] });
      new HttpEgress(chart, 'Closed', { hosts: ['closed.example'], exit, clients: checkout });
    });
    await mesh.expect(
      { from: 'shop/web', url: 'http://open.example/' },
      { outcome: 'allowed', identity: 'shop/web', upstream: 'tls' },
    );
    await mesh.expect(
      { from: 'shop/web', url: 'http://closed.example/' },
      { outcome: 'refused', status: 502, by: 'sidecar' },
    );
  });

  test('two charts that lead one namespace to one exit do not disturb each other', async () => {
    for (const host of ['one.example', 'two.example']) {
      await mesh.external({
        hosts: [host],
        ports: [
          { port: 80, protocol: 'http' },
          { port: 8080, protocol: 'http' },
        ],
      });
    }
    await stage((chart, exit) => {
      new HttpEgress(chart, 'One', { hosts: ['one.example'], exit, clients: checkout });
      new HttpEgress(new Chart(chart.node.root as App, 'second'), 'Two', {
        hosts: ['two.example'],
        exit,
        clients: report,
        port: 8080,
      });
    });
    await mesh.expect({ from: 'payments/checkout', url: 'http://one.example/' }, { outcome: 'allowed', hop: 'mutual' });
    await mesh.expect(
      { from: 'payments/report', url: 'http://two.example:8080/' },
      { outcome: 'allowed', hop: 'mutual' },
    );
    await mesh.expect({ from: 'payments/report', url: 'http://one.example/' }, { outcome: 'refused', status: 403 });
  });

  test('without the rule beside the exit, as an older version of its owner leaves it, HTTP goes by mutual TLS all the same', async () => {
    await mesh.external({ hosts: ['ruled.example'] });
    await stage((chart, exit) => new HttpEgress(chart, 'A', { hosts: ['ruled.example'], exit, clients: checkout }));
    const call = { from: 'payments/checkout', url: 'http://ruled.example/' };
    await mesh.expect(call, { outcome: 'allowed', hop: 'mutual' });
    await mesh.kubectl(['delete', 'destinationrule', '-n', 'istio-egress', 'istio-egress']);
    await mesh.settled();
    await mesh.expect(call, { outcome: 'allowed', hop: 'mutual' });
  });

  test('HTTP and TLS passthrough through one Service of pods that exist already', async () => {
    await mesh.external({
      hosts: ['ruled.example'],
      ports: [
        { port: 80, protocol: 'http' },
        { port: 443, protocol: 'https' },
      ],
    });
    const pods = new Chart(Testing.app(), 'pods');
    const made = new EgressGateway(pods, 'Made', { name: 'edge', namespace: 'istio-egress' });
    const kept = Testing.synth(pods)
      .filter(({ kind }) => ['Deployment', 'ServiceAccount', 'Service'].includes(kind))
      .map((object) => (object.kind === 'Service' ? withTls(object) : object));
    await callers();
    await mesh.apply(kept.map((object) => JSON.stringify(object)).join('\n---\n'));
    const workload = GatewayWorkload.existing({
      labels: made.deployment!.toJson().spec.selector.matchLabels,
      service: 'edge',
      httpTargetPort: 8080,
      tlsTargetPort: 8443,
    });
    const app = Testing.app() as App;
    const exit = new EgressGateway(new Chart(app, 'platform'), 'Exit', { workload });
    const ports = [EgressPort.http(), EgressPort.tlsPassthrough()];
    new Egress(new Chart(app, 'payments'), 'A', { hosts: ['ruled.example'], exit, clients: checkout, ports });
    await apply(app);
    const through = { outcome: 'allowed', hop: 'mutual', through: ['istio-egress/edge'] } as const;
    await mesh.expect({ from: 'payments/checkout', url: 'http://ruled.example/' }, through);
    await mesh.expect({ from: 'payments/checkout', url: 'https://ruled.example/' }, { ...through, upstream: 'tls' });
    await mesh.expect(
      { from: 'payments/report', url: 'http://ruled.example/' },
      { outcome: 'refused', status: 403, by: 'istio-egress/edge' },
    );
  });

  test('each half alone is closed, with the answers that the documentation names', async () => {
    await mesh.external({ hosts: ['halves.example'] });
    const clients = checkout;
    const destination = { hosts: ['halves.example'], clients };
    const client = Testing.app() as App;
    new HttpEgress(new Chart(client, 'payments'), 'Half', { ...destination, exit: EgressGateway.imported() });
    await callers();
    await apply(client);
    const call = { from: 'payments/checkout', url: 'http://halves.example/' };
    await mesh.expect(call, { outcome: 'refused', by: 'sidecar' });

    const empty = Testing.app() as App;
    new EgressGateway(new Chart(empty, 'platform'), 'Exit');
    await apply(empty);
    await mesh.expect(call, { outcome: 'refused', status: 403, by: EXIT });

    const platform = Testing.app() as App;
    const exit = new EgressGateway(new Chart(platform, 'platform'), 'Exit');
    exit.grant('Half', { ...destination, ports: [EgressPort.http()] });
    await mesh.apply(JSON.stringify(exit.clientPolicy('payments').toJson()));
    await mesh.expect(call, { outcome: 'refused', status: 404, by: EXIT });

    await apply(platform);
    await mesh.expect(call, { outcome: 'allowed', hop: 'mutual' });
  });

  test('pods that exist already serve as an exit, on a Service without port 80', async () => {
    await mesh.external({ hosts: ['existing.example'] });
    const app = Testing.app() as App;
    const pods = new Chart(app, 'pods');
    // Any gateway will do; this library makes one quickly, and only its pods are used.
    const made = new EgressGateway(pods, 'Made', { name: 'edge', namespace: 'istio-egress' });
    const [objects] = [Testing.synth(pods)];
    const keep = objects
      .filter(({ kind }) => ['Deployment', 'ServiceAccount', 'Service'].includes(kind))
      .map((object) =>
        object.kind === 'Service'
          ? { ...object, spec: { ...object.spec, ports: [{ name: 'http', port: 8000, targetPort: 8080 }] } }
          : object,
      );
    await callers();
    await mesh.apply(keep.map((object) => JSON.stringify(object)).join('\n---\n'));

    const mine = Testing.app() as App;
    const workload = GatewayWorkload.existing({
      labels: made.deployment!.toJson().spec.selector.matchLabels,
      service: 'edge',
      httpPort: 8000,
    });
    const exit = new EgressGateway(new Chart(mine, 'platform'), 'Exit', { workload });
    new TlsOriginationEgress(new Chart(mine, 'payments'), 'A', {
      hosts: ['existing.example'],
      exit,
      clients: checkout,
    });
    await apply(mine);
    await mesh.expect(
      { from: 'payments/checkout', url: 'http://existing.example/' },
      { outcome: 'allowed', through: ['istio-egress/edge'], upstream: 'tls' },
    );
    await mesh.expect(
      { from: 'payments/report', url: 'http://existing.example/' },
      { outcome: 'refused', status: 403 },
    );
  });
});
