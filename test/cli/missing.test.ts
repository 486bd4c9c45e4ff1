import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { main } from '../../src/cli/main';
import { OURS, TEXT } from '../observe/missing/lines';

/** Runs the command on lines, from the namespace `orders` unless other arguments are given. */
async function missing(lines: (string | object)[], args = ['--namespace', 'orders']) {
  const out: string[] = [];
  const err: string[] = [];
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  const code = await main(['missing', ...args], {
    out: (part) => void out.push(part),
    err: (part) => void err.push(part),
    stdin: () => Readable.from([text]),
  });
  return { code, out: out.join(''), err: err.join('') };
}

test('prints what is missing as TypeScript', async () => {
  const { code, out, err } = await missing([TEXT.passedHttp, TEXT.passedTls, TEXT.refusedHttp, 'something else']);
  expect(code).toBe(1);
  expect(err).toBe('4 lines read, 1 of them no access log\n');
  expect(out).toBe(`import { Egress, EgressClient, EgressPort } from 'cdk8s-istio-egress';

// 2 × HTTP 80, 1 refused; 1 × TLS 443
// As called: not encrypted beyond the exit. If the host speaks TLS, use EgressPort.tlsOrigination.
new Egress(chart, 'UndeclaredExampleOrg', {
  hosts: ['undeclared.example.org'],
  exit,
  clients: [EgressClient.namespace('orders')],
  ports: [EgressPort.http(), EgressPort.tlsPassthrough()],
});
`);
});

test('one port is one pattern, with the port if it is unusual', async () => {
  const { out } = await missing([
    TEXT.passedTls.replace(/:443/g, ':8443'),
    TEXT.passedTls.replace(/undeclared/g, '1.a'),
  ]);
  expect(out).toContain("new TlsPassthroughEgress(chart, 'UndeclaredExampleOrg', {");
  expect(out).toContain('  port: 8443,\n');
  expect(out).toContain("new TlsPassthroughEgress(chart, 'Host1AExampleOrg', {");
});

test('grants nobody more than was seen', async () => {
  const web = { ...OURS.passedTls, destination: '203.0.113.2:8443', service_account: 'web' };
  const { out } = await missing([OURS.passedTls, OURS.passedTls, web], []);
  expect(out).toContain("new TlsPassthroughEgress(chart, 'UndeclaredExampleOrg443', {");
  expect(out).toContain("clients: [EgressClient.serviceAccount('orders', 'clerk')],");
  expect(out).toContain("new TlsPassthroughEgress(chart, 'UndeclaredExampleOrg8443', {");
  expect(out).toContain("clients: [EgressClient.serviceAccount('orders', 'web')],");
});

test('says what has no name, and what was called in the cluster', async () => {
  const { code, out } = await missing([TEXT.refusedTcp, TEXT.inCluster, TEXT.inCluster.replace(/\.shop/g, '.orders')]);
  expect(code).toBe(1);
  expect(out).toContain('//   203.0.113.1:5432 from orders/*, 1 ×\n');
  expect(out).toContain("//   orders: inCluster: InCluster.namespaces(['.', 'shop']),\n");
});

test('the Kubernetes API is opened by its addresses, not by its namespace', async () => {
  const call = TEXT.inCluster.replace(/web\.shop/g, 'kubernetes.default');
  const alone = await missing([call]);
  expect(alone.out).toContain('//   orders: inCluster: InCluster.none().andKubernetesApi([/* its addresses */]),\n');
  expect(alone.out).toContain('kubectl get endpointslices kubernetes -n default');
  const { out } = await missing([call, TEXT.inCluster]);
  expect(out).toContain("InCluster.namespaces(['shop']).andKubernetesApi([/* its addresses */]),\n");
});

test('what is declared, called in the cluster or comes in is not missing', async () => {
  const inbound = TEXT.inCluster.replace('outbound|8080||web.shop.svc.cluster.local', 'inbound|8080||');
  const dns = TEXT.inCluster.replace(/web\.shop/g, 'kube-dns.kube-system');
  expect((await missing([TEXT.ledToExit, TEXT.atExit, inbound, dns])).out).toBe('');
  expect((await missing([TEXT.ledToExit, TEXT.inCluster])).code).toBe(0);
});

test('names the clients that an exit refuses, or would', async () => {
  const { code, out } = await missing([TEXT.refusedAtExit, OURS.triedOut], []);
  expect(code).toBe(1);
  expect(out).toContain(
    'api.stripe.com (HTTP 80): a client that the log does not name (EgressAccessLog names it), 1 ×, 1 refused',
  );
  expect(out).toContain("api.stripe.com (HTTP 8080): EgressClient.serviceAccount('orders', 'clerk'), 1 ×\n");
});

test('names the service accounts that a server of an exit does not take', async () => {
  const handshake = 'TLS_error:|268435581:SSL_routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:TLS_error_end';
  const said = { method: null, host: null, policy: null, trial: null, server_name: 'sa.5432.db.example', handshake };
  expect((await missing([{ ...OURS.triedOut, ...said }], [])).out).toContain(
    "db.example (TCP 5432): EgressClient.serviceAccount('orders', 'clerk'), 1 ×, 1 refused",
  );
  const hungUp = 'TLS_error:|33554536:system_library:OPENSSL_internal:Connection_reset_by_peer:TLS_error_end';
  expect((await missing([{ ...OURS.triedOut, ...said, handshake: hungUp }], [])).out).toBe('');
});

test.each([
  ['a grant, of a namespace called so too', 'istio-egress.observed'],
  ['a grant of whose namespace nothing is tried out', 'istio-egress.orders'],
])('a trial says nothing of what %s lets pass', async (_, name) => {
  const policy = `ns[istio-egress]-policy[${name}]-rule[0]`;
  expect((await missing([{ ...OURS.triedOut, policy }], [])).out).toBe('');
});

test('a host that a ServiceEntry leads to directly is missing too', async () => {
  const direct = TEXT.passedTls.replace('PassthroughCluster', 'outbound|443||undeclared.example.org;');
  const { out } = await missing([direct]);
  expect(out).toContain('// A ServiceEntry leads there straight from the sidecars');
});

test('a private address may be a Service', async () => {
  const { out } = await missing([TEXT.refusedHttp.replace('203.0.113.2:80', '10.96.0.7:80')]);
  expect(out).toContain('// At 10.96.0.7: if it is a Service of the cluster');
});

test('prints JSON, and reads files', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'missing-')), 'proxy.log');
  writeFileSync(file, `${TEXT.passedTls}\n`);
  const { out } = await missing([], [file, '--namespace', 'orders', '--service-account', 'web', '--output', 'json']);
  expect(JSON.parse(out).hosts).toEqual([
    {
      host: 'undeclared.example.org',
      ports: [
        { kind: 'tls', port: 443, calls: 1, refused: 0, callers: [{ namespace: 'orders', serviceAccount: 'web' }] },
      ],
      addresses: ['203.0.113.2'],
      direct: false,
    },
  ]);
});

test.each([
  [['--output', 'xml'], '--output'],
  [['--namespace', 'A B'], 'no name of Kubernetes'],
  [['--unknown'], '--unknown'],
  [['/nonexistent/file', '--namespace', 'a'], 'ENOENT'],
  [[], 'name the namespace with --namespace'],
])('%j is a mistake of usage', async (args, message) => {
  const { code, err } = await missing([TEXT.passedTls], args);
  expect(code).toBe(2);
  expect(err).toContain(message);
});

test.each([
  ['nothing', []],
  ['lines of something else', ['GET / 200', '{"level":"info"}']],
])('%s is no success', async (_, lines) => {
  const { code, err } = await missing(lines);
  expect(code).toBe(2);
  expect(err).toContain('nothing was checked');
  expect((await missing(lines, ['--allow-no-access-logs'])).code).toBe(0);
});

test('--fail-on never', async () => {
  expect((await missing([TEXT.passedTls], ['--namespace', 'orders', '--fail-on', 'never'])).code).toBe(0);
});

test('helps', async () => {
  expect((await missing([], ['--help'])).out).toContain('Usage: cdk8s-istio-egress missing');
});

test('whatever callers claim to call, the output is code that was meant', async () => {
  const odd = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom("a.b'); process.exit(); ('", 'a.b\n//', 'a.example', '*.a.example', '${x}.a.b', '\u2028.a.b'),
  );
  const line = fc.record({
    bytes_sent: fc.constant(0),
    cluster: fc.oneof(odd, fc.constantFrom('PassthroughCluster', 'BlackHoleCluster', 'outbound|443||b.example')),
    destination: fc.oneof(odd, fc.constant('203.0.113.1:443')),
    host: odd,
    server_name: odd,
    method: fc.option(odd),
    route: fc.oneof(odd, fc.constant('block_all')),
    namespace: fc.oneof(odd, fc.constantFrom('orders', 'istio-egress')),
    service_account: odd,
    caller: fc.option(odd),
    trial: fc.oneof(odd, fc.constant('denied')),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 4 }), async (lines) => {
      const { out } = await missing(lines);
      for (const text of out.split('\n')) expect(text).toMatch(/^(\/\/ [ -~×]*|[ -~]*)$/);
      const code = out.replace(/^\/\/.*$/gm, '').replace(/'[A-Za-z0-9.-]+'/g, "''");
      expect(code).toMatch(/^([\s\w{}()[\]:;,.]|'')*$/);
    }),
    { numRuns: 500 },
  );
});
