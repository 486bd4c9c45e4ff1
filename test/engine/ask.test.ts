import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, askAtOnce } from '../../src/engine/ask';
import { VARIABLE } from '../../src/engine/binary';

const folder = mkdtempSync(join(tmpdir(), 'ask-'));
const built = process.env[VARIABLE];
afterEach(() => (built === undefined ? delete process.env[VARIABLE] : (process.env[VARIABLE] = built)));
afterAll(() => rmSync(folder, { recursive: true }));

/** Puts a script in place of the engine. */
function pretend(script: string) {
  const file = join(folder, 'engine');
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  process.env[VARIABLE] = file;
}

const QUESTION = { calls: [{ from: 'a/b', url: 'http://a.example' }] };
const WAYS = [
  ['at once', async () => askAtOnce(QUESTION, { PILOT_X: 'y' })],
  ['while other things go on', async () => ask(QUESTION, { PILOT_X: 'y' })],
] as const;

describe.each(WAYS)('%s', (_, asking) => {
  test('the engine sees settings of istiod that the manifests say, and none of this process', async () => {
    process.env.PILOT_OF_MINE = 'x';
    pretend('cat > /dev/null; printf \'{"istio":"%s"}\' "$PILOT_X,$PILOT_OF_MINE,$PILOT_ENABLE_AMBIENT"');
    expect(await asking()).toEqual({ istio: 'y,,true' });
    delete process.env.PILOT_OF_MINE;
  });

  test('what it cannot answer is one line', async () => {
    pretend('cat > /dev/null; echo "engine: the mesh configuration: no such field" >&2; echo more >&2; exit 2');
    await expect(asking()).rejects.toThrow(/^The engine cannot answer: the mesh configuration: no such field$/);
    pretend('exit 3');
    await expect(asking()).rejects.toThrow(/^The engine cannot answer: it ended with 3$/);
  });

  test('a real one answers', async () => {
    const { answers, istio } = await asking();
    expect(istio).toBe(JSON.parse(readFileSync(join(__dirname, '../../versions.json'), 'utf8')).istio);
    expect(answers).toMatchObject([{ verdict: 'allowed', arrives: { host: 'a.example', from: 'a/b' } }]);
  });
});
