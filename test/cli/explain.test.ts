import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { program } from './program';

const ROOT = resolve(__dirname, '../..');
const DIST = join(ROOT, 'dist/tls-origination');
const INSTALL = join(ROOT, 'install/guarded-namespace');
const STRIPE = 'http://api.stripe.com/v1/charges';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'explain-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
async function explain(...args: string[]) {
  const result = await program(['explain', ...args]);
  return { ...result, out: result.out.replaceAll(`${ROOT}/`, '').replaceAll(`${folder}/`, '') };
}
const checkout = (...args: string[]) => explain(DIST, INSTALL, '--from', 'payments/checkout', ...args);

test('a call that is allowed, as docs/answers.md shows it', async () => {
  const { code, out, err } = await checkout(STRIPE);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toBe(readFileSync(join(__dirname, 'explained/allowed.txt'), 'utf8'));
});

test('a call that is refused, as docs/answers.md shows it', async () => {
  const { code, out } = await explain(DIST, INSTALL, '--from', 'payments/reports', STRIPE);
  expect(code).toBe(1);
  expect(out).toBe(readFileSync(join(__dirname, 'explained/refused.txt'), 'utf8'));
});

test('as JSON, with the call, the way and what it rests on', async () => {
  const { code, out } = await checkout(STRIPE, '--output', 'json', '--method', 'POST');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    call: { from: 'payments/checkout', url: STRIPE, method: 'POST' },
    verdict: 'allowed',
    hops: [{ kind: 'sidecar' }, { kind: 'gateway', sees: 'spiffe://cluster.local/ns/payments/sa/checkout' }],
    arrives: { host: 'api.stripe.com', port: 443, verified: true },
    assumptions: expect.arrayContaining([expect.stringContaining('REGISTRY_ONLY')]),
    problems: [],
  });
});

test('as Markdown, in which names are names', async () => {
  const { out } = await checkout(STRIPE, '--output', 'markdown');
  expect(out).toMatch(/^\*\*allowed\*\*: `payments\/checkout → GET http:/);
  expect(out).toContain(
    '- `DestinationRule istio-egress/istio-egress.api.stripe.com` says how to connect there (`dist/',
  );
  expect(out).toContain('REGISTRY\\_ONLY');
});

test('headers, method, server name and version of HTTP are those of the call', async () => {
  const ask = async (...args: string[]) => JSON.parse((await checkout(...args, '--output', 'json')).out);
  const other = await ask(
    'http://other.example',
    '--header',
    'Host: api.stripe.com',
    '--header',
    'a: 1',
    '--header',
    'a: 2',
  );
  expect(other).toMatchObject({ verdict: 'allowed', call: { headers: { a: '1' }, lines: [['a', '2']] } });
  expect(await ask('https://api.stripe.com', '--sni', 'b.example', '--http', '2')).toMatchObject({
    call: { sni: 'b.example', http: '2' },
  });
});

test('--fail-on says what fails', async () => {
  const refused = ['--from', 'payments/reports', STRIPE];
  expect((await explain(DIST, INSTALL, ...refused, '--fail-on', 'not-refused')).code).toBe(0);
  expect((await checkout(STRIPE, '--fail-on', 'not-refused')).code).toBe(1);
  expect((await explain(DIST, INSTALL, ...refused, '--fail-on', 'never')).code).toBe(0);
});

test('standard input counts as well', async () => {
  const text = readFileSync(join(DIST, 'platform.k8s.yaml'), 'utf8');
  const args = ['-', join(DIST, 'payments.k8s.yaml'), INSTALL, '--from', 'payments/checkout', STRIPE];
  expect((await program(['explain', ...args], text)).code).toBe(0);
});

describe('the mesh', () => {
  const PAST = 'https://api.stripe.com/';

  test('is not taken to be closed where nothing says it', async () => {
    const { code, out } = await explain(DIST, '--from', 'payments/checkout', PAST);
    expect(code).toBe(0);
    expect(out).toContain('the mesh lets such calls out as they are (ALLOW_ANY)');
    expect(out).toContain(
      "so it is Istio's default: sidecars let out what nothing declares (outboundTrafficPolicy ALLOW_ANY)",
    );
    expect(out).toContain('PILOT_SCOPE_GATEWAY_TO_NAMESPACE is off, as it is by default');
  });

  const CONFIG = 'outboundTrafficPolicy: { mode: REGISTRY_ONLY }';
  const MAP = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: istio, namespace: istio-system }\ndata: { mesh: '${CONFIG}' }\n`;
  const OPERATOR = `apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec: { meshConfig: { ${CONFIG} } }\n`;

  test.each([
    ['a ConfigMap', 'cluster.yaml', MAP],
    ['an IstioOperator', 'istio.yaml', OPERATOR],
    ['values for Helm', 'values.yaml', `meshConfig: { ${CONFIG} }`],
    ['a file of that name', 'mesh-config.yaml', CONFIG],
  ])('is read from %s among the manifests', async (_, name, text) => {
    const { code, out } = await explain(DIST, file(name, text), '--from', 'payments/checkout', PAST);
    expect(code).toBe(1);
    expect(out).toMatch(/as .*(cluster|istio|values|mesh-config)\.yaml:1\)? says: outboundTrafficPolicy REGISTRY_ONLY/);
    expect(out).not.toContain('Not counted');
  });

  test.each([MAP, OPERATOR, `meshConfig: { ${CONFIG} }`, CONFIG])('is what --mesh names: %j', async (text) => {
    const mesh = file('named.yaml', text);
    expect((await explain(DIST, '--mesh', mesh, '--from', 'payments/checkout', PAST)).code).toBe(1);
  });

  test('--mesh takes the place of what is found', async () => {
    const open = file('named.yaml', 'outboundTrafficPolicy: { mode: ALLOW_ANY }');
    expect((await checkout('--mesh', open, PAST)).code).toBe(0);
    const silent = await checkout('--mesh', open, PAST);
    expect(silent.out).toContain('PILOT_SCOPE_GATEWAY_TO_NAMESPACE=true, as install/');
  });

  test('two that differ are a contradiction, which the user decides', async () => {
    const { code, out, err } = await checkout(file('mesh.yaml', 'outboundTrafficPolicy: { mode: ALLOW_ANY }'), STRIPE);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/istiod\.helm-values\.yaml:1 and .*mesh\.yaml:1 say different things of the mesh/);
  });

  const istiod = (env: string) =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: istiod, namespace: istio-system, labels: { app: istiod } }\nspec: { template: { spec: { containers: [{ name: discovery, env: [${env}] }] } } }\n`;

  test("istiod's environment is that of its Deployment", async () => {
    const scoped = istiod('{ name: PILOT_SCOPE_GATEWAY_TO_NAMESPACE, value: "true" }, { name: GODEBUG, value: x }');
    const { out } = await explain(DIST, file('a.yaml', scoped), '--from', 'payments/checkout', STRIPE);
    expect(out).toContain('PILOT_SCOPE_GATEWAY_TO_NAMESPACE=true, as Deployment istio-system/istiod');
    const { code, err } = await checkout(file('a.yaml', istiod('')), STRIPE);
    expect(code).toBe(2);
    expect(err).toContain('does not say PILOT_SCOPE_GATEWAY_TO_NAMESPACE, and another document says that it is on');
    expect((await checkout(file('a.yaml', istiod('')), STRIPE, '--scoped-gateways', 'false')).code).toBe(0);
  });
});

test('gateways that istioctl installs are there', async () => {
  const call = ['--from', 'accounting/bookkeeper', 'http://ledger.legacy.example.com/'];
  const all = readFileSync(join(ROOT, 'dist/dedicated-gateway/ledger.k8s.yaml'), 'utf8').split(/^---$/m);
  const without = file('a.yaml', all.filter((text) => !/^kind: (Deployment|Service)$/m.test(text)).join('---'));
  const { code, out } = await explain(without, join(ROOT, 'install/dedicated-gateway'), ...call);
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('istioctl has installed the gateway') });
  expect((await explain(without, join(ROOT, 'install/dedicated-gateway/mesh-config.yaml'), ...call)).code).toBe(1);
});

describe('input that is wrong or missing is no answer', () => {
  test.each([
    ['a file that is not there', () => ['/nonexistent.yaml'], '/nonexistent.yaml'],
    ['a broken file', () => [DIST, file('a.yaml', 'a: b: c')], 'a.yaml:1'],
    [
      'an object that istiod refuses',
      () => [
        DIST,
        file(
          'a.yaml',
          'apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: { name: a, namespace: a }\nspec: { egress: [{ hosts: [] }] }\n',
        ),
      ],
      'Sidecar a/a',
    ],
  ])('%s', async (_, paths, shown) => {
    const { code, out, err } = await explain(...paths(), '--from', 'payments/checkout', STRIPE);
    expect(code).toBe(2);
    expect(out + err).toContain(shown);
  });

  test('an empty folder', async () => {
    expect(await explain(folder, '--from', 'a/b', STRIPE)).toEqual({
      code: 2,
      out: '',
      err: `No manifests in ${folder}.\n`,
    });
  });

  test('unless it is taken as it is', async () => {
    const broken = file('a.yaml', 'a: b: c');
    expect((await checkout(broken, STRIPE, '--despite-problems')).code).toBe(0);
  });

  test('what is no mesh configuration', async () => {
    const { code, err } = await checkout('--mesh', join(DIST, 'shop.k8s.yaml'), STRIPE);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('is no mesh configuration') });
  });
});

test.each([
  [['--from', 'a/b', STRIPE], 'A file or folder of manifests is needed.'],
  [[DIST, STRIPE], '--from is needed'],
  [[DIST, '--from', 'a/b'], 'One URL is needed, not 0.'],
  [[DIST, '--from', 'a', STRIPE], 'A caller is namespace/workload'],
  [[DIST, '--from', 'a/b', 'ftp://a'], 'is no URL that can be called'],
  [[DIST, '--from', 'a/b', 'tcp://a'], 'needs a port'],
  [[DIST, '--from', 'a/b', STRIPE, '--header', 'a'], "--header is 'name: value'"],
  [[DIST, '--from', 'a/b', STRIPE, '--http', '3'], '--http is 1.1 or 2, not 3.'],
])('%j is a mistake of usage', async (args, message) => {
  const { code, out, err } = await explain(...args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(message);
});
