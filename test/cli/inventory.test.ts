import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { answer, entry, EXAMPLE, manifests, MESH, pod } from './answers';

const inventory = async (...args: string[]) => answer(['inventory', ...args]);
const open = () => manifests({ 'mesh.values.yaml': MESH, 'a.yaml': pod('shop', 'web') + entry('shop', 'a.example') });

test('every way out, as docs/inventory.md shows it', async () => {
  const { code, out, err } = await inventory(...EXAMPLE);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toBe(readFileSync(join(__dirname, 'reports/inventory.txt'), 'utf8'));
});

test('as JSON, with the way of each', async () => {
  const { ways, callers } = JSON.parse((await inventory(...EXAMPLE, '--output', 'json')).out);
  expect(callers).toContain('payments/checkout');
  expect(ways).toContainEqual(
    expect.objectContaining({
      ...{ caller: 'payments/checkout', host: 'api.stripe.com', port: 80, exit: 'istio-egress/istio-egress' },
      ...{ isDirect: false, protection: 'verified', identity: 'spiffe://cluster.local/ns/payments/sa/checkout' },
    }),
  );
});

test('as Markdown, with a table for each namespace', async () => {
  const { out } = await inventory(...EXAMPLE, '--output', 'markdown');
  expect(out).toMatch(/### payments\n\n\| caller .*\n\| ---.*\n\| `\*` \| `http:\/\/search\.example\.com:8080` \|/);
});

test('of manifests that are not ours, what goes past every exit in the clear', async () => {
  const { code, out } = await inventory(open(), '--output', 'json');
  expect(code).toBe(0);
  const { ways } = JSON.parse(out);
  expect(ways.map(({ caller, host, isDirect, protection }: any) => [caller, host, isDirect, protection])).toEqual([
    ['shop/*', 'a.example', true, 'plaintext'],
    ['shop/web', 'a.example', true, 'plaintext'],
  ]);
});

test.each([
  ['direct', 1],
  ['plaintext', 1],
  ['wildcard,plaintext', 1],
  ['unverified', 0],
  ['wildcard', 0],
  ['never', 0],
])('--fail-on %s', async (what, code) => {
  expect((await inventory(open(), '--fail-on', what)).code).toBe(code);
});

test('a host of nobody else is a wildcard, unless the mesh is closed', async () => {
  const folder = manifests({ 'a.yaml': pod('shop', 'web') });
  expect((await inventory(folder, '--fail-on', 'wildcard')).code).toBe(1);
  const closed = manifests({ 'a.yaml': pod('shop', 'web'), 'mesh.values.yaml': MESH });
  expect(await inventory(closed, '--fail-on', 'wildcard')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Nothing leaves the mesh; 2 callers asked\./),
  });
});

describe('--expired-on', () => {
  const until = (expires: string) =>
    manifests({
      'mesh.values.yaml': MESH,
      'a.yaml':
        pod('shop', 'web') +
        entry('shop', 'a.example', 'HTTP', 80) +
        `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: a, namespace: shop, annotations: { cdk8s-istio-egress/expires: "${expires}", cdk8s-istio-egress/owner: team-a } }
spec: { hosts: [a.example], exportTo: ["."], http: [{ route: [{ destination: { host: a.example } }] }] }
`,
    });

  test.each([
    ['2026-11-30', 0],
    ['2026-12-01', 1],
    ['2027-01-01', 1],
  ])('%s', async (day, code) => {
    const result = await inventory(until('2026-12-01'), '--expired-on', day);
    expect(result.code).toBe(code);
    const listed = '  - shop/web to http://a.example:80: 2026-12-01, owner team-a';
    if (code) expect(result.out).toContain(`Expired on ${day}:\n  - shop/* to`);
    expect(result.out.includes(listed)).toBe(code === 1);
  });

  test('an end that is no day is an error', async () => {
    const { code, err } = await inventory(until('soon'), '--expired-on', '2026-12-01');
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining("expires 'soon', which is no day") });
  });
});

test.each([
  ['manifests about nobody', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n', 'Nobody calls'],
  ['a file without manifests', '', 'No manifests'],
  ['a broken file', `${pod('a', 'b')}a: b: c`, 'Something was not counted'],
])('%s: no empty inventory that looks like a closed mesh', async (_, text, message) => {
  const { code, err } = await inventory(manifests({ 'a.yaml': text, 'mesh.values.yaml': MESH }));
  expect(code).toBe(2);
  expect(err).toContain(message);
});

test.each([
  [[], 'A file or folder of manifests is needed.'],
  [['a', '--expired-on', 'soon'], '--expired-on is a day'],
  [['a', '--expired-on', '2026-02-30'], '--expired-on is a day'],
  [['a', '--fail-on', 'direct,soon'], '--fail-on is direct, plaintext'],
])('%j is a mistake of usage', async (args, message) => {
  const { code, out, err } = await inventory(...args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(message);
});
