import { chmodSync } from 'node:fs';
import { basename, join } from 'node:path';
import { once } from './build';
import { writeInjection } from './injection';
import { VERSIONS, cacheEntry } from './versions';
import { run } from '../process';

/** What is taken out of each of Istio's images. */
const FILES: Record<string, string[]> = {
  'istio/pilot': ['/usr/local/bin/pilot-discovery'],
  'istio/proxyv2': [
    '/usr/local/bin/pilot-agent',
    '/usr/local/bin/envoy',
    '/var/lib/istio/envoy/envoy_bootstrap_tmpl.json',
  ],
  'istio/istioctl': ['/usr/local/bin/istioctl'],
};

const BINARIES = ['pilot-discovery', 'pilot-agent', 'envoy', 'istioctl'];

/** Docker is found, and reaches its daemon and registries, as whoever runs the bed has set it up. */
async function docker(...args: string[]): Promise<string> {
  const options = { timeout: 1_800_000, env: process.env as Record<string, string> };
  return (await run(['docker', ...args], options)).stdout.trim();
}

async function requireDocker() {
  try {
    await docker('version', '--format', '{{.Server.Version}}');
  } catch (error) {
    throw new Error(
      `Istio's official images are unpacked by Docker, which does not answer: ${(error as Error).message}\n` +
        'Install and start it, or run `npm run e2e`, which builds the same from source.',
    );
  }
}

/** A container is made to copy from, and never started. */
async function unpack(image: string, directory: string) {
  const container = await docker('create', image);
  try {
    for (const file of FILES[image.split(':')[0]]) {
      await docker('cp', '--follow-link', `${container}:${file}`, join(directory, basename(file)));
    }
  } finally {
    await docker('rm', container);
  }
}

/** istiod, pilot-agent, istioctl and Istio's own build of Envoy with its bootstrap, out of the images of the pinned release. */
export async function officialImages(): Promise<string> {
  const what = `Istio ${VERSIONS.istio} out of its images`;
  return once(cacheEntry('istio-images', VERSIONS.istio), what, async (directory) => {
    await requireDocker();
    for (const image of Object.keys(FILES)) await unpack(`${image}:${VERSIONS.istio}`, directory);
    for (const binary of BINARIES) chmodSync(join(directory, binary), 0o755);
    await writeInjection(join(directory, 'istioctl'), join(directory, 'inject'));
  });
}
