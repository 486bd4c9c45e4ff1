import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { run } from '../process';

/**
 * Writes the templates of Istio's installation where istiod looks for them. It makes a waypoint's Deployment from one; those for sidecars
 * are there too and not used, because the bed's kubelet injects.
 */
export async function writeInjection(istioctl: string, directory: string): Promise<void> {
  const { stdout } = await run([istioctl, 'manifest', 'generate', '--set', 'profile=ambient']);
  const maps = parseAllDocuments(stdout).map((document) => document.toJS());
  const map = maps.find((object) => object?.kind === 'ConfigMap' && object.metadata.name === 'istio-sidecar-injector');
  if (!map) throw new Error('istioctl manifest generate made no ConfigMap istio-sidecar-injector');
  mkdirSync(directory);
  for (const name of ['config', 'values']) writeFileSync(join(directory, name), map.data[name]);
}
