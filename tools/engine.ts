/**
 * Builds the engine, which is a Go program in `engine/`.
 *
 * - `engine()`: for this machine, once for its sources, into the cache. Tests ask that one.
 * - `tsx tools/engine.ts [PLATFORM...]`: what npm publishes, as tarballs in `artifacts/engine/`: a package for each platform, which npm
 *   installs where it fits, and one that depends on all of them. Without arguments for every platform, else for those that are named.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { once } from '../e2e/bed/parts/build';
import { cacheEntry, VERSIONS } from '../e2e/bed/parts/versions';
import manifest from '../package.json';
import { binaryName, PACKAGE } from '../src/engine/binary';

const ROOT = resolve(__dirname, '..');
const SOURCES = join(ROOT, 'engine');

/** As Node names platforms; `x64` is Go's `amd64`, `win32` its `windows`. */
export const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64'] as const;

/** The engine for this machine. @throws Error where Go is missing */
export async function engine(): Promise<string> {
  const { platform, arch } = process;
  const folder = await built(`${platform}-${arch}`);
  return join(folder, binaryName(platform));
}

/** The cache entry of the engine for a platform. Whatever its sources say is part of the key; their tests are not. */
async function built(platform: string): Promise<string> {
  const sources = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((file) => /(\.go|go\.mod|go\.sum)$/.test(file) && !file.endsWith('_test.go'))
    .sort();
  const entry = cacheEntry(`engine-${platform}`, VERSIONS.istio, ...sources.map((file) => join(SOURCES, file)));
  return once(entry, `the engine for ${platform}`, async (folder) => compile(platform, folder));
}

function compile(platform: string, folder: string): void {
  const [system, machine] = platform.split('-');
  const env = {
    ...process.env,
    ...{ CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' },
    ...{ GOOS: system === 'win32' ? 'windows' : system, GOARCH: machine === 'x64' ? 'amd64' : machine },
  };
  const out = join(folder, binaryName(system));
  try {
    execFileSync('go', ['build', '-trimpath', '-ldflags=-s -w', '-o', out, '.'], {
      cwd: SOURCES,
      env,
      stdio: 'inherit',
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error('The engine cannot be built: there is no Go (https://go.dev/doc/install).');
  }
}

/** Packs the engine for some platforms, and the package that depends on the packages of all. @returns The tarballs */
export async function pack(platforms: readonly string[], target: string): Promise<string[]> {
  mkdirSync(target, { recursive: true });
  const common = {
    version: manifest.version,
    license: manifest.license,
    repository: manifest.repository,
    publishConfig: manifest.publishConfig,
  };
  const tarballs: string[] = [];
  for (const platform of platforms) {
    const [os, cpu] = platform.split('-');
    const name = `${PACKAGE}-${platform}`;
    const description = `The engine of cdk8s-istio-egress for ${platform}: install ${PACKAGE} instead.`;
    const bin = await built(platform);
    tarballs.push(packed({ name, description, ...common, os: [os], cpu: [cpu], files: ['bin'] }, target, bin));
  }
  const description = "Istio's own generator, which answers questions of cdk8s-istio-egress about manifests.";
  const optionalDependencies = Object.fromEntries(PLATFORMS.map((name) => [`${PACKAGE}-${name}`, manifest.version]));
  tarballs.push(packed({ name: PACKAGE, description, ...common, optionalDependencies }, target));
  return tarballs;
}

function packed(fields: object, target: string, bin?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'engine-package-'));
  try {
    writeFileSync(join(folder, 'package.json'), JSON.stringify(fields, undefined, 2));
    for (const file of ['LICENSE', 'README.md']) {
      cpSync(file === 'LICENSE' ? join(ROOT, file) : join(SOURCES, file), join(folder, file));
    }
    if (bin) cpSync(bin, join(folder, 'bin'), { recursive: true });
    const answer = execFileSync('npm', ['pack', '--json', '--pack-destination', target], {
      cwd: folder,
      encoding: 'utf8',
    });
    const parsed = JSON.parse(answer);
    const [{ filename }] = Array.isArray(parsed) ? parsed : Object.values<any>(parsed);
    return join(target, filename);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (require.main === module) {
  const named = process.argv.slice(2);
  const unknown = named.filter((name) => !(PLATFORMS as readonly string[]).includes(name));
  if (unknown.length > 0) throw new Error(`There is no platform ${unknown.join(', ')}: ${PLATFORMS.join(', ')}.`);
  void pack(named.length > 0 ? named : PLATFORMS, join(ROOT, 'artifacts/engine')).then((files) =>
    console.log(files.join('\n')),
  );
}
