import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { program } from './program';
import manifest from '../../package.json';
import { DIFF } from '../../src/cli/diff';
import { EXPLAIN } from '../../src/cli/explain';
import { INVENTORY } from '../../src/cli/inventory';
import { MISSING } from '../../src/cli/missing';
import { PREFLIGHT } from '../../src/cli/preflight';
import { PROVE } from '../../src/cli/prove';
import { withProgress } from '../../src/cli/terminal';

const COMMANDS = [EXPLAIN, INVENTORY, DIFF, PROVE, PREFLIGHT, MISSING];

test('--help lists the commands', async () => {
  const { code, out, err } = await program(['--help']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  for (const { name, summary } of COMMANDS) expect(out).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'));
});

test('--version', async () => {
  expect(await program(['--version'])).toEqual({ code: 0, out: `${manifest.version}\n`, err: '' });
});

test.each([
  [[], 'No command given.'],
  [['explore'], 'There is no command explore.'],
])('%j is a mistake of usage', async (args, message) => {
  const { code, out, err } = await program(args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(`${message}\n\nUsage: cdk8s-istio-egress COMMAND`);
});

describe.each(COMMANDS.map((command) => [command.name, command] as const))('%s', (name, { options, page }) => {
  test('has a help that says every option and the exit codes', async () => {
    const { code, out } = await program([name, '--help']);
    expect(code).toBe(0);
    for (const option of Object.keys(options)) expect(out).toMatch(new RegExp(`^  --${option}( |$)`, 'm'));
    expect(out).toMatch(/^Exit code: 0 if .*; 1 if .*; 2 /m);
  });

  test('has a page that says every option', () => {
    const [file] = page.split('#');
    const text = readFileSync(join(__dirname, '../../docs', file), 'utf8');
    for (const option of Object.keys(options)) expect(text).toContain(`\`--${option}`);
  });

  test('has the options of all commands', () => {
    expect(Object.keys(options)).toEqual(expect.arrayContaining(['output', 'fail-on']));
    expect(options.output.allowed).toContain('json');
    expect(options['fail-on'].allowed).toContain('never');
  });

  test('shows its help where an option is wrong', async () => {
    const { code, out, err } = await program([name, '--outptu', 'json']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`Usage: cdk8s-istio-egress ${name}`);
  });
});

test('a reader that goes away changes no exit code', () => {
  const node = `"${process.execPath}" --import "${require.resolve('tsx')}"`;
  const line = `${node} "${join(__dirname, 'as-process.ts')}" explain --help | true; echo \${PIPESTATUS[0]}`;
  const { stdout, stderr } = spawnSync('bash', ['-c', line], { encoding: 'utf8' });
  expect({ stdout, stderr }).toEqual({ stdout: '0\n', stderr: '' });
});

describe('progress', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const work = async (seconds: number, isWatched: boolean, isLong = false) => {
    let err = '';
    const terminal = {
      out: () => undefined,
      err: (text: string) => (err += text),
      stdin: () => process.stdin,
      isWatched,
    };
    const done = withProgress(
      terminal,
      () => 'reading',
      async () => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
      isLong,
    );
    await jest.advanceTimersByTimeAsync(seconds * 1000);
    await done;
    // eslint-disable-next-line no-control-regex
    return err.split(/\r\u001b\[K/).filter(Boolean);
  };

  test('is shown of what takes over two seconds, to whoever looks', async () => {
    expect(await work(1.5, true)).toEqual([]);
    expect(await work(3.5, true)).toEqual(['reading … 2 s', 'reading … 3 s']);
    expect(await work(3.5, false)).toEqual([]);
  });

  test('is shown at once of what surely takes that long', async () => {
    expect(await work(0.5, true, true)).toEqual(['reading … 0 s']);
  });
});
