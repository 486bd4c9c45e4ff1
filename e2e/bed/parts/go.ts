import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../process';
import { once } from './build';
import { writeInjection } from './injection';
import { VERSIONS, cacheEntry, toolsModule } from './versions';

/** Go asks for the network, caches and proxies of whoever runs the bed. */
const GO = { timeout: 1_800_000, env: { ...(process.env as Record<string, string>), GOFLAGS: '-mod=readonly' } };

async function build(module: string, directory: string, packages: Record<string, string>) {
  for (const [name, path] of Object.entries(packages)) {
    await run(['nice', 'go', 'build', '-o', join(directory, name), path], { ...GO, cwd: module });
  }
}

/**
 * The directory of the Go module that holds a package. Asked for by package: `go list -m` wants a version's metadata,
 * which a module proxy may not have for the commit that Istio's tag stands for.
 */
async function moduleOf(module: string, importPath: string): Promise<string> {
  const { stdout } = await run(['go', 'list', '-f', '{{.Module.Dir}}', importPath], { ...GO, cwd: module });
  return stdout.trim();
}

/** Commands that a module pins, in one cache entry. */
export async function commandsOf(module: string, part: string, packages: Record<string, string>): Promise<string> {
  const recipe = ['go.mod', 'go.sum'].map((file) => join(module, file));
  const what = Object.keys(packages).join(', ');
  return once(cacheEntry(part, 'go', ...recipe), what, async (directory) => build(module, directory, packages));
}

/** istioctl, istiod and pilot-agent, the CRDs, and what istiod and pods read from files, in one cache entry. */
export async function istio(): Promise<string> {
  const module = toolsModule('istio');
  const recipe = ['go.mod', 'go.sum'].map((file) => join(module, file));
  return once(cacheEntry('istio', VERSIONS.istio, ...recipe), `Istio ${VERSIONS.istio}`, async (directory) => {
    await build(module, directory, {
      istioctl: 'istio.io/istio/istioctl/cmd/istioctl',
      'pilot-discovery': 'istio.io/istio/pilot/cmd/pilot-discovery',
      'pilot-agent': 'istio.io/istio/pilot/cmd/pilot-agent',
    });
    await writeInjection(join(directory, 'istioctl'), join(directory, 'inject'));
    const source = await moduleOf(module, 'istio.io/istio/pkg/workloadapi');
    const template = readFileSync(join(source, 'tools/packaging/common/envoy_bootstrap.json'), 'utf8');
    // Upstream Envoy has no `metadata_discovery` filter; a waypoint would refuse to start with it.
    writeFileSync(join(directory, 'envoy_bootstrap.json'), template.replace('if .metadata_discovery', 'if false'));
  });
}

/** The CRDs of Istio and of the Gateway API: a folder to apply. */
export async function crds(): Promise<string> {
  const module = toolsModule('istio');
  const recipe = ['go.mod', 'go.sum'].map((file) => join(module, file));
  return once(cacheEntry('crds', VERSIONS.istio, ...recipe), 'the CRDs', async (directory) => {
    const api = await moduleOf(module, 'istio.io/api/networking/v1');
    cpSync(join(api, 'kubernetes/customresourcedefinitions.gen.yaml'), join(directory, 'istio.yaml'));
    const gatewayApi = await moduleOf(module, 'sigs.k8s.io/gateway-api/apis/v1');
    cpSync(join(gatewayApi, 'config/crd/standard'), join(directory, 'gateway-api'), { recursive: true });
  });
}

/** What plays ztunnel's part. */
export const ztunnel = async () => ofOurs('ztunnel', 'the stand-in for ztunnel');

/** Sidecars without an Envoy, for benchmarks. */
export const adsClients = async () => ofOurs('adsclients', 'clients of ADS');

/** A program of our own. Its sources are in its key, so that a change of them builds nothing else. */
async function ofOurs(name: string, title: string): Promise<string> {
  const module = toolsModule('istio');
  const sources = readdirSync(join(module, name)).map((file) => join(name, file));
  const recipe = ['go.mod', 'go.sum', ...sources.sort()].map((file) => join(module, file));
  return once(cacheEntry(name, VERSIONS.istio, ...recipe), title, async (directory) => {
    await build(module, directory, { [name]: `./${name}` });
  });
}

/** kube-apiserver and kubectl. */
export async function kubernetes(): Promise<string> {
  const module = toolsModule('kubernetes');
  const recipe = ['go.mod', 'go.sum'].map((file) => join(module, file));
  const entry = cacheEntry('kubernetes', VERSIONS.kubernetes, ...recipe);
  return once(entry, `Kubernetes ${VERSIONS.kubernetes}`, async (directory) => {
    await build(module, directory, {
      'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
      kubectl: 'k8s.io/kubernetes/cmd/kubectl',
    });
  });
}

/** What stands for OPA with its Envoy plugin: the plugin is on no module proxy, OPA's engine is. */
export async function opa(): Promise<string> {
  const module = toolsModule('opa');
  const recipe = ['go.mod', 'go.sum', 'main.go'].map((file) => join(module, file));
  return once(cacheEntry('opa', VERSIONS.opa, ...recipe), `OPA ${VERSIONS.opa}`, async (directory) =>
    build(module, directory, { opa: '.' }),
  );
}
