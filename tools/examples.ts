import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');

/** Where the examples' YAML is committed. */
export const DIST = join(ROOT, 'dist');

/** Where the files that some examples need besides are committed: apart, because Flux applies what lies in `dist`. */
export const INSTALL = join(ROOT, 'install');

/** The names of all examples: the folders, beside what they share. */
export const EXAMPLES = readdirSync(join(ROOT, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

/**
 * Runs an example as a user's app runs: in a process of its own, with its output folder in CDK8S_OUTDIR, and that of
 * `Installation.write` in INSTALL_DIR; some take further settings. Returns what it prints: one line per egress.
 */
export function synthesize(
  example: string,
  outdir: string,
  installDir: string,
  settings: Record<string, string> = {},
): string {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', join(ROOT, 'examples', example, 'main.ts')],
    {
      encoding: 'utf8',
      env: {
        ...process.env,
        ...settings,
        CDK8S_OUTDIR: outdir,
        INSTALL_DIR: installDir,
        TSX_TSCONFIG_PATH: join(ROOT, 'test', 'tsconfig.json'),
      },
    },
  );
  if (status !== 0) throw new Error(`example ${example} could not be synthesized:\n${stderr}`);
  return stdout;
}
