/**
 * Synthesizes every example into `dist/<example>`, each as a user's app runs: in a process of its own, with its output
 * folder in CDK8S_OUTDIR. What the examples print goes through: one line per egress.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');

for (const example of readdirSync(join(ROOT, 'examples')).sort()) {
  const outdir = join(ROOT, 'dist', example);
  rmSync(outdir, { recursive: true, force: true });
  console.log(`${example}:`);
  const main = join(ROOT, 'examples', example, 'main.ts');
  const { status } = spawnSync('tsx', ['--tsconfig', join(ROOT, 'test', 'tsconfig.json'), main], {
    stdio: 'inherit',
    env: { ...process.env, CDK8S_OUTDIR: outdir },
  });
  if (status !== 0) throw new Error(`example ${example} could not be synthesized`);
}
