import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answer, entry, manifests, MESH, pod, ROOT } from './answers';

/** The example, with what a change makes of its files. */
function example(change: (file: string, text: string) => string = (_, text) => text): string {
  const files = ['dist/tls-origination/payments', 'dist/tls-origination/platform', 'dist/tls-origination/shop'];
  const texts = files.map((file): [string, string] => {
    const name = `${file.split('/')[2]}.k8s.yaml`;
    return [name, change(name, readFileSync(join(ROOT, `${file}.k8s.yaml`), 'utf8'))];
  });
  const values = readFileSync(join(ROOT, 'install/guarded-namespace/istiod.helm-values.yaml'), 'utf8');
  return manifests({ ...Object.fromEntries(texts), 'istiod.values.yaml': values });
}
const platform = (from: string | RegExp, to: string) =>
  example((file, text) => {
    if (!file.startsWith('platform')) return text;
    expect(text.search(from)).toBeGreaterThan(0);
    return text.replace(from, to);
  });
const withTracker = () =>
  example((file, text) => (file.startsWith('shop') ? `${text}\n---\n${entry('shop', 'tracker.example.net')}` : text));

const diff = async (base: string, head: string, ...args: string[]) =>
  answer(['diff', base, head, ...args], { [base]: 'base', [head]: 'head' });

/** The risks of what a change opens. */
async function risks(base: string, head: string) {
  const { code, out } = await diff(base, head, '--output', 'json');
  const { gained, lost, exitObjects } = JSON.parse(out);
  return {
    code,
    risks: gained.map((gain: any) => gain.risks),
    lost: lost.length,
    objects: exitObjects.map(({ object }: any) => object),
  };
}

test('what a change opens, for a reviewer, as docs/diff.md shows it', async () => {
  const { code, out } = await diff(example(), withTracker(), '--output', 'markdown');
  expect(code).toBe(1);
  expect(out).toBe(readFileSync(join(__dirname, 'reports/diff.md'), 'utf8'));
});

test('nothing opened is 0, and what is closed is said', async () => {
  const same = await diff(example(), example());
  expect(same).toMatchObject({ code: 0, out: expect.stringMatching(/^Nothing changes in what leaves the mesh\.\n/) });
  const closed = await diff(withTracker(), example());
  expect(closed.code).toBe(0);
  expect(closed.out).toContain('shop/web'.replace('/web', '') + ' → http://tracker.example.net:80');
});

test.each([
  [
    'a server that is not verified any more',
    /caCertificates: system\n +mode: SIMPLE\n( +)sni: api\.stripe\.com\n +subjectAltNames:\n +- api\.stripe\.com\n/,
    'mode: SIMPLE\n$1insecureSkipVerify: true\n',
    'unverified',
  ],
  [
    'encryption that is taken away',
    /caCertificates: system\n +mode: SIMPLE\n +sni: api\.stripe\.com\n +subjectAltNames:\n +- api\.stripe\.com\n/,
    'mode: DISABLE\n',
    'plaintext',
  ],
  [
    'a whole namespace in place of one account',
    /serviceAccounts:\n( +)- payments\/checkout/,
    'namespaces:\n$1- payments',
    'identity',
  ],
])('%s', async (_, from, to, risk) => {
  const all = await risks(example(), platform(from, to));
  expect(all.code).toBe(1);
  expect(all.risks[0]).toContain(risk);
});

test('objects of the exit that change nothing else are said', async () => {
  const {
    code,
    risks: gained,
    objects,
  } = await risks(example(), platform(/h2UpgradePolicy: DO_NOT_UPGRADE/, 'h2UpgradePolicy: DEFAULT'));
  expect({ code, gained }).toEqual({ code: 1, gained: [] });
  expect(objects).toEqual([expect.stringMatching(/^DestinationRule\/istio-egress\//)]);
});

describe('of manifests of anybody', () => {
  const side = (...objects: string[]) =>
    manifests({ 'a.yaml': pod('shop', 'web') + objects.join(''), 'mesh.values.yaml': MESH });

  test.each([
    [
      'a new caller',
      side(entry('shop', 'a.example')),
      side(entry('shop', 'a.example'), pod('new', 'job'), entry('new', 'a.example', 'TLS', 443)),
      'caller',
    ],
    [
      'a new host',
      side(entry('shop', 'a.example')),
      side(entry('shop', 'a.example'), entry('shop', 'b.example')),
      'host',
    ],
    ['a wildcard', side(), side(entry('shop', '*.example.com', 'TLS', 443)), 'wildcard'],
    ['a mesh that is not closed any more', side(), manifests({ 'a.yaml': pod('shop', 'web') }), 'direct'],
  ])('%s', async (_, base, head, risk) => {
    const { code, risks: all } = await risks(base, head);
    expect(code).toBe(1);
    expect(all.flat()).toContain(risk);
  });

  test('--fail-on chooses what fails', async () => {
    const sides = [side(), side(entry('shop', 'a.example', 'TLS', 443))] as const;
    expect((await diff(...sides, '--fail-on', 'plaintext,wildcard')).code).toBe(0);
    expect((await diff(...sides, '--fail-on', 'plaintext,host')).code).toBe(1);
    expect((await diff(...sides, '--fail-on', 'never')).code).toBe(0);
  });

  test('for a workflow of GitHub, beside the lines', async () => {
    const { out } = await diff(side(), side(entry('shop', 'a.example')), '--output', 'github');
    expect(out).toMatch(
      /^::warning file=head\/a\.yaml,line=5::everybody in shop → http:\/\/a\.example:80: past every exit, not encrypted/m,
    );
  });

  test('a base without manifests has to be meant', async () => {
    const empty = manifests({});
    expect(await diff(empty, side())).toMatchObject({ code: 2, err: 'No manifests in base.\n' });
    expect((await diff(empty, side(entry('shop', 'a.example')), '--base-may-be-empty')).code).toBe(1);
    expect((await diff(side(), empty, '--base-may-be-empty')).code).toBe(2);
  });
});

test('of revisions of a repository, whose files are left alone', async () => {
  const folder = manifests({});
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: folder });
  const write = (text: string) => writeFileSync(join(folder, 'dist/a.yaml'), text);
  mkdirSync(join(folder, 'dist'));
  git('init', '-q');
  writeFileSync(join(folder, 'dist/mesh.values.yaml'), MESH);
  write(pod('shop', 'web'));
  git('add', '.');
  git('commit', '-qm', 'a');
  write(pod('shop', 'web') + entry('shop', 'a.example'));
  git('commit', '-qam', 'b');
  write('not: committed');
  const before = process.cwd();
  process.chdir(folder);
  try {
    const { code, out } = await answer(['diff', 'HEAD~1', 'HEAD', '--path', 'dist']);
    expect(code).toBe(1);
    expect(out).toContain('ServiceEntry shop/a.example (dist/a.yaml:');
    expect(readFileSync('dist/a.yaml', 'utf8')).toBe('not: committed');
    expect(git('status', '--short').toString()).toBe(' M dist/a.yaml\n');
    for (const [args, message] of [
      [['main~9', 'HEAD', '--path', 'dist'], 'Revision main~9'],
      [['--', '--output=x', 'HEAD', '--path'], 'BASE and HEAD'],
      [['HEAD', 'HEAD', '--path', 'none'], 'Revision HEAD: no manifests in none.'],
    ] as const) {
      expect(await answer(['diff', ...args])).toMatchObject({ code: 2, err: expect.stringContaining(message) });
    }
  } finally {
    process.chdir(before);
  }
});
