import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const TSX = join(ROOT, 'node_modules/tsx/dist/cli.mjs');

/** So many files are to be read by whoever follows one declaration to its YAML, and no more. */
const FEWER_THAN = 54;

test(`the way of one declaration leads through fewer than ${FEWER_THAN} files`, () => {
  const script = join(__dirname, 'executed-files.ts');
  const { stdout, stderr, status } = spawnSync(process.execPath, [TSX, '--tsconfig', 'test/tsconfig.json', script], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  const files: string[] = JSON.parse(stdout);
  // What is on every way shows that the measurement works.
  expect(files).toEqual(expect.arrayContaining(['pattern/egress.ts', 'gateway/gateway-host.ts', 'mesh/own-object.ts']));
  if (files.length >= FEWER_THAN) throw new Error(`the way leads through ${files.length} files:\n${files.join('\n')}`);
});
