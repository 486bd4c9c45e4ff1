import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { answer, entry, EXAMPLE, manifests, MESH, pod } from './answers';

const prove = async (...args: string[]) => answer(['prove', ...args]);
const shop = (...objects: string[]) =>
  manifests({ 'a.yaml': pod('shop', 'web') + objects.join(''), 'mesh.values.yaml': MESH });
const file = (text: string) => join(manifests({ 'allowed.txt': text }), 'allowed.txt');

test('what never happens, and a call that does, as docs/prove.md shows it', async () => {
  const rules = ['--never', 'shop/* -> api.stripe.com', '--never', 'payments/* -> *.stripe.com'];
  const { code, out, err } = await prove(...EXAMPLE, ...rules);
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(out).toBe(readFileSync(join(__dirname, 'reports/prove.txt'), 'utf8'));
});

describe('--never', () => {
  test.each([
    ['shop/* -> a.example', 1],
    ['shop/web -> a.example', 1],
    ['*/* -> *', 1],
    ['shop/* -> a.example:80', 1],
    ['shop/* -> a.example:443', 0],
    ['other/* -> *', 0],
    ['shop/new -> a.example', 1],
  ])('%s', async (rule, code) => {
    expect((await prove(shop(entry('shop', 'a.example')), '--never', rule)).code).toBe(code);
  });

  test.each(['shop/* -> deep.below.example.com', 'shop/* -> *.example.com', 'shop/* -> *.below.example.com'])(
    'names below a wildcard that is open: %s',
    async (rule) => {
      const { code, out } = await prove(shop(entry('shop', '*.example.com', 'TLS', 443)), '--never', rule);
      expect(code).toBe(1);
      expect(out).toMatch(/DOES NOT HOLD[^]*below\.example\.com|any\.example\.com/);
    },
  );

  test('a name that nobody declares is not reached, unless a server is told it after that of another', async () => {
    const rule = ['--never', 'shop/* -> b.example'];
    expect((await prove(shop(entry('shop', 'a.example', 'TLS', 443)), ...rule)).code).toBe(0);
    const { code, out } = await prove(shop(entry('shop', 'a.example')), ...rule);
    expect(code).toBe(1);
    expect(out).toContain("A call connected to a.example:80, with the Host header 'a.example:b.example'.");
    expect(out).toContain("The server of a.example is told 'a.example:b.example'.");
  });

  test('a host that is recognised by its addresses alone', async () => {
    const ranged = entry('shop', 'files.example', 'TCP', 22).replace(
      'resolution: DNS',
      'resolution: NONE, addresses: [10.45.7.0/24]',
    );
    const { code, out } = await prove(shop(ranged), '--never', 'shop/* -> files.example');
    expect(code).toBe(1);
    expect(out).toContain('tcp://10.45.7.0:22/');
    expect((await answer(['inventory', shop(ranged)])).out).toContain('tcp://files.example:22');
  });

  test('in a mesh that lets out what nothing declares, nothing is proved', async () => {
    const { code, out } = await prove(
      manifests({ 'a.yaml': pod('shop', 'web') }),
      '--never',
      'shop/* -> api.stripe.com',
    );
    expect(code).toBe(1);
    expect(out).toContain('ALLOW_ANY');
  });

  test('a host that is reached under another name', async () => {
    const route = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: alias, namespace: shop }
spec: { hosts: [alias.example], exportTo: ["."], http: [{ route: [{ destination: { host: a.example } }] }] }
---
`;
    const { out, code } = await prove(
      shop(entry('shop', 'alias.example'), entry('other', 'a.example').replace('["."]', '["*"]'), route),
      '--never',
      'shop/* -> a.example',
    );
    expect(code).toBe(1);
    expect(out).toContain('http://alias.example:80/');
  });
});

describe('--only', () => {
  const open = () => shop(entry('shop', 'a.example'));
  test.each([
    ['shop/* -> a.example:80  # the shop\n', 0],
    ['# all\n*/* -> *:*\n', 0],
    ['shop/web -> a.example:80\n', 1],
    ['shop/* -> a.example:443\n', 1],
    ['shop/* -> b.example:80\n', 1],
  ])('%j', async (text, code) => expect((await prove(open(), '--only', file(text))).code).toBe(code));

  test('says what is allowed and done by nobody', async () => {
    const { out } = await prove(open(), '--only', file('shop/* -> a.example:80\nshop/* -> b.example:80\n'));
    expect(out).toContain('Allowed, and done by nobody: shop/* -> b.example:80.');
  });

  test('a wildcard needs a line for all of it', async () => {
    const wild = shop(entry('shop', '*.example.com', 'TLS', 443));
    expect((await prove(wild, '--only', file('shop/* -> a.example.com:443'))).code).toBe(1);
    expect((await prove(wild, '--only', file('shop/* -> *.example.com:443'))).code).toBe(0);
  });

  test.each([
    ['', 'has no line that allows anything'],
    ['a -> b.example:80', 'allowed.txt:1: Callers are namespace/account'],
    ['\nshop/* -> b.example', 'allowed.txt:2: a port is needed'],
    ['shop/* -> b.example:0', 'there is no port 0'],
  ])('%j is wrong input', async (text, message) => {
    expect(await prove(open(), '--only', file(text))).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining(message),
    });
  });
});

test('--no-new', async () => {
  const [before, after] = [
    shop(entry('shop', 'a.example')),
    shop(entry('shop', 'a.example'), entry('shop', 'b.example')),
  ];
  expect((await prove(before, '--no-new', after)).code).toBe(0);
  const { code, out } = await prove(after, '--no-new', before, '--output', 'json');
  expect(code).toBe(1);
  expect(JSON.parse(out).claims).toMatchObject([
    { holds: false, found: 1, against: [{ verdict: 'allowed', arrives: { host: 'b.example' } }] },
  ]);
  expect((await prove(after, '--no-new', before, '--fail-on', 'never')).code).toBe(0);
  expect((await prove(after, '--no-new', manifests({}))).code).toBe(2);
});

test('nothing is proved of manifests that cannot be read', async () => {
  const broken = manifests({ 'a.yaml': `${pod('shop', 'web')}a: b: c`, 'mesh.values.yaml': MESH });
  expect((await prove(broken, '--never', 'shop/* -> a.example')).code).toBe(2);
  expect((await prove(broken, '--never', 'shop/* -> a.example', '--despite-problems')).code).toBe(0);
  expect(await prove(shop(), '--never', 'none*/* -> a.example')).toMatchObject({
    code: 2,
    err: expect.stringContaining('is about nobody'),
  });
});

test.each([
  [['--never', 'a/b -> c'], 'A file or folder'],
  [['a'], 'A claim is needed'],
  [['a', '--never', 'a/b c'], "A rule is 'callers -> hosts'"],
  [['a', '--never', 'a -> c'], 'Callers are namespace/account'],
  [['a', '--never', 'a/b -> http://c'], 'Hosts are a name'],
])('%j is a mistake of usage', async (args, message) => {
  expect(await prove(...args)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(message) });
});
