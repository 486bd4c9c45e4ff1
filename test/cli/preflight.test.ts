import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { main } from '../../src/cli/main';
import { BEFORE, EXIT, networking, OURS } from '../preflight/given';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'preflight-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
async function run(args: string[], stdin = '') {
  let [out, err] = ['', ''];
  const code = await main(args, {
    out: (text) => (out += text),
    err: (text) => (err += text),
    stdin: () => Readable.from([stdin]),
  });
  return { code, out: out.replaceAll(folder, ''), err };
}
const preflight = (...args: string[]) => run(['preflight', ...args, '--allow-missing-mesh-config']);

const RULE = networking('DestinationRule', 'payments/x', { host: EXIT, exportTo: ['.'] }, BEFORE);
const HARMFUL = RULE.replace('"exportTo"', '"trafficPolicy":{"tls":{"mode":"DISABLE"}},"exportTo"');
const WARNING = networking('ServiceEntry', 'other/x', {
  hosts: ['api.stripe.com'],
  ports: [{ number: 443, protocol: 'TLS' }],
  resolution: 'DNS',
});

test('nothing to say', async () => {
  const { code, out } = await preflight(
    '--cluster',
    file('c.yaml', RULE.replace('x', 'y').replace(EXIT, 'a.b')),
    '--ours',
    file('o.yaml', OURS),
  );
  expect(code).toBe(0);
  expect(out).toBe('0 errors, 0 warnings; 1 object of the cluster and 9 of ours read\n');
});

test('an error, as text', async () => {
  const { code, out } = await preflight('--cluster', file('c.json', HARMFUL), '--ours', file('o.yaml', OURS));
  expect(code).toBe(1);
  expect(out).toBe(
    [
      'error DestinationRuleReplaced: DestinationRule payments/x (/c.json:1)',
      `  It counts for ${EXIT} instead of ours: calls reach the gateway without TLS instead of mutual TLS of the mesh, and fail with 503.`,
      '  affects: api.stripe.com:80 from payments',
      '  fix: Keep one DestinationRule for the host in payments: move its subsets to DestinationRule payments/payments.istio-egress, and remove it.',
      '',
      '1 error, 0 warnings; 1 object of the cluster and 9 of ours read',
      '',
    ].join('\n'),
  );
});

test('an error, as JSON', async () => {
  const { code, out } = await preflight(
    '--output',
    'json',
    '--ours',
    file('o.yaml', OURS),
    '--cluster',
    file('c.json', HARMFUL),
  );
  expect(code).toBe(1);
  expect(JSON.parse(out)).toEqual({
    findings: [
      {
        code: 'DestinationRuleReplaced',
        severity: 'error',
        kind: 'DestinationRule',
        namespace: 'payments',
        name: 'x',
        file: '/c.json',
        line: 1,
        what: expect.any(String),
        fix: expect.any(String),
        affects: ['api.stripe.com:80 from payments'],
      },
    ],
    unreadable: [],
    counts: { cluster: 1, ours: 9, others: 0 },
  });
});

test('a warning does not fail, and an error that is accepted neither', async () => {
  const ours = file('o.yaml', OURS);
  expect(await preflight('--cluster', file('w.yaml', WARNING), '--ours', ours)).toMatchObject({
    code: 0,
    out: expect.stringContaining('0 errors, 1 warning;'),
  });
  expect(
    (await preflight('--cluster', file('c.json', HARMFUL), '--ours', ours, '--ignore', 'DestinationRuleReplaced')).code,
  ).toBe(0);
});

test('several files, folders and standard input', async () => {
  mkdirSync(join(folder, 'a/b'), { recursive: true });
  mkdirSync(join(folder, 'a/node_modules'));
  mkdirSync(join(folder, 'a/.tool'));
  file('a/.tool/x.json', '{ // comment');
  symlinkSync(folder, join(folder, 'a/loop'));
  file('a/b/c.yml', HARMFUL);
  file('a/notes.txt', 'no: [');
  file('a/node_modules/x.yaml', 'no: [');
  const { code, out } = await run(
    [
      'preflight',
      '--allow-missing-mesh-config',
      '--cluster',
      join(folder, 'a'),
      file('w.yaml', WARNING),
      '--ours',
      '-',
    ],
    OURS,
  );
  expect(code).toBe(1);
  expect(out).toContain('1 error, 1 warning; 2 objects of the cluster and 9 of ours read');
});

test('what cannot be read, with file and position', async () => {
  const broken = file('broken.yaml', 'a: 1\n---\na: b: c\n');
  const { code, out } = await preflight('--cluster', broken, join(folder, 'missing'), '--ours', file('o.yaml', OURS));
  expect(code).toBe(2);
  expect(out).toMatch(/^unreadable \/broken\.yaml:3:4: /m);
  expect(out).toMatch(/^unreadable \/missing:1:1: ENOENT/m);
});

test('nothing on one side is no success', async () => {
  const empty = file('empty.json', '{ "kind": "List", "items": [] }');
  expect(await preflight('--cluster', empty, '--ours', file('o.yaml', OURS))).toMatchObject({
    code: 2,
    err: '--cluster: no objects that this command reads.\n',
  });
  expect((await preflight('--cluster', file('c.json', HARMFUL), '--ours', empty)).code).toBe(2);
});

test('the order of the input does not matter', async () => {
  const cluster = [file('1.yaml', HARMFUL), file('2.yaml', WARNING)];
  const ours = file('o.yaml', OURS);
  expect(await preflight('--cluster', ...cluster, '--ours', ours)).toEqual(
    await preflight('--cluster', ...cluster.reverse(), '--ours', ours),
  );
});

test('names of others cannot write to the terminal', async () => {
  const { out } = await preflight(
    '--cluster',
    file('c.json', HARMFUL.replaceAll('payments/x', 'x').replace('"x"', '"\\u001b[2Jx\\n\\u202e"')),
    '--ours',
    file('o.yaml', OURS),
  );
  // eslint-disable-next-line no-control-regex
  expect(out).not.toMatch(/[\u001b\u202e]/);
});

test.each([
  [[], 'No command given.'],
  [['check'], 'There is no command check.'],
  [['preflight', 'more', '--cluster', 'a', '--ours', 'b'], 'Unknown: more'],
  [['preflight', '--cluster', 'a'], 'Both --cluster and --ours are needed.'],
  [
    ['preflight', '--cluster', 'a', '--ours', 'b', '--output', 'xml'],
    '--output is text, json, markdown, github or sarif, not xml.',
  ],
  [['preflight', '--cluster', 'a', '--ours', 'b', '--ignore', 'No'], 'there is no code No'],
  [['preflight', '--cluster', 'a', '--ours', 'b', '--scoped-gateways', 'yes'], '--scoped-gateways is true or false'],
  [['preflight', '--nonsense'], 'nonsense'],
])('wrong usage: %j', async (args, message) => {
  const { code, out, err } = await run(args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(message);
  expect(err).toContain('Usage:');
});

describe('a dump without the mesh configuration', () => {
  const args = () => ['preflight', '--cluster', file('w.yaml', WARNING), '--ours', file('o.yaml', OURS)];
  const MESH = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: istio, namespace: istio-system }\ndata: { mesh: 'outboundTrafficPolicy: { mode: REGISTRY_ONLY }' }\n`;

  test('is no success, and what was not checked is said', async () => {
    const { code, err } = await run(args());
    expect(code).toBe(2);
    expect(err).toContain('What depends on it was not checked: what sidecars do with undeclared calls');
  });

  test('is taken if that is said, and with it all is well', async () => {
    expect((await run([...args(), '--allow-missing-mesh-config'])).code).toBe(0);
    expect(await run([...args(), '--cluster', file('mesh.yaml', MESH)])).toMatchObject({ code: 0, err: '' });
  });
});

describe('forms of the report', () => {
  const report = (output: string, harmful = HARMFUL) =>
    preflight('--output', output, '--cluster', file('c.json', harmful), '--ours', file('o.yaml', OURS));

  test('GitHub shows findings beside lines', async () => {
    const { code, out } = await report('github');
    expect(code).toBe(1);
    expect(out).toMatch(
      /^::error file=\/c\.json,line=1,title=DestinationRuleReplaced::DestinationRule payments\/x: It counts /,
    );
  });

  test('code scanning reads SARIF', async () => {
    const [run1] = JSON.parse((await report('sarif')).out).runs;
    expect(run1.tool.driver.rules).toMatchObject([{ id: 'DestinationRuleReplaced' }]);
    expect(run1.results).toMatchObject([
      {
        ruleId: 'DestinationRuleReplaced',
        level: 'error',
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: expect.stringMatching(/c\.json$/) },
              region: { startLine: 1 },
            },
          },
        ],
      },
    ]);
  });

  test.each(['markdown', 'github'])('names of others are no markup of %s', async (output) => {
    const { out } = await report(output, HARMFUL.replaceAll('"x"', '"x`@team [a](https://b) \\n::error::c"'));
    expect(out).not.toMatch(/^::error::/m);
    if (output === 'markdown') expect(out.replace(/`[^`]*`/g, '')).not.toMatch(/@team|\]\(http/);
  });
});

describe('findings that are accepted, in a file', () => {
  const withConfig = (text: string) =>
    preflight(
      '--cluster',
      file('c.json', HARMFUL),
      '--ours',
      file('o.yaml', OURS),
      '--config',
      file('accepted.yaml', text),
    );
  const entry = (object: string, rest = 'reason: known') =>
    `ignore:\n  - { code: DestinationRuleReplaced, object: ${object}, ${rest} }\n`;

  test('count by code and object', async () => {
    expect(await withConfig(entry('DestinationRule payments/x'))).toMatchObject({ code: 0, err: '' });
    expect(await withConfig(entry('DestinationRule payments/y'))).toMatchObject({
      code: 1,
      err: '--config accepts what is not found: DestinationRuleReplaced of DestinationRule payments/y.\n',
    });
  });

  test.each([
    [entry('DestinationRule payments/x', 'because: known'), 'has no `reason`'],
    [entry('DestinationRule payments/x', 'reason: a, because: known'), 'has a field that there is none of: because'],
    ['ignore: [{ code: Nothing, reason: a }]', 'has no code of a finding: Nothing'],
    ['ignored: []', 'a list `ignore` is needed, and nothing else'],
    ['', 'a list `ignore` is needed, and nothing else'],
  ])('must say what is meant: %j', async (text, message) => {
    const { code, err } = await withConfig(text);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(message) });
  });
});

test('--fail-on says what fails', async () => {
  const failing = (what: string, cluster: string) =>
    preflight('--fail-on', what, '--cluster', file('c.json', cluster), '--ours', file('o.yaml', OURS));
  expect((await failing('warning', WARNING)).code).toBe(1);
  expect((await failing('never', HARMFUL)).code).toBe(0);
});
