import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../../..');

/** The versions that the project is built against; upstream Envoy is the one that this Istio release was made from. */
export const VERSIONS: { istio: string; gatewayApi: string; kubernetes: string; envoy: string; opa: string } =
  JSON.parse(readFileSync(join(ROOT, 'versions.json'), 'utf8'));

/** Where this module of Go tools is pinned; the `replace` lines of its go.mod are what makes it build. */
export function toolsModule(name: 'istio' | 'kubernetes' | 'opa'): string {
  return resolve(__dirname, '../../tools', name);
}

/** Built parts live outside the checkout, so that a clean clone can reuse them. */
export function cacheDirectory(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'cdk8s-istio-egress');
}

/** The cache entry of a part. Files that decide how it is built are part of the key: a changed pin is another build. */
export function cacheEntry(part: string, version: string, ...recipe: string[]): string {
  const hash = createHash('sha256');
  for (const file of recipe) hash.update(readFileSync(file));
  return join(cacheDirectory(), [part, version, ...(recipe.length ? [hash.digest('hex').slice(0, 10)] : [])].join('-'));
}
