/**
 * Regenerates `imports/`, the L1 constructs, from the CRDs pinned in `versions.json`.
 *
 * The CRDs come out of Go modules, which the Go tool verifies against the recorded checksums. Each kind is generated in
 * one version only, because `cdk8s import` would otherwise name the class after whichever version is listed first, and
 * without upstream's descriptions, which would make the files three times as long.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import versions from '../versions.json';

const OUTPUT = resolve(__dirname, '../imports');

/** Preferred version of a kind, best first. */
const VERSIONS = ['v1', 'v1beta1', 'v1alpha3', 'v1alpha1'];

interface Crd {
  kind: string;
  spec: { group: string; versions: { name: string; schema: unknown }[] };
}

function moduleDirectory(module: string, version: string, sum: string): string {
  const answer = execFileSync('go', ['mod', 'download', '-json', `${module}@v${version}`], { encoding: 'utf8' });
  const { Dir: directory, Sum: actual } = JSON.parse(answer);
  if (actual !== sum) {
    throw new Error(`${module}@v${version} has checksum ${actual}, but versions.json pins ${sum}`);
  }
  return directory;
}

function readCrds(directory: string): Crd[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .flatMap((file) => parseAllDocuments(readFileSync(join(directory, file), 'utf8')))
    .map((document) => document.toJS())
    .filter((object) => object?.kind === 'CustomResourceDefinition');
}

/** Drops `description` from schema nodes; a property that happens to have that name is an object and stays. */
function withoutDescriptions(node: any): any {
  if (Array.isArray(node)) return node.map(withoutDescriptions);
  if (node === null || typeof node !== 'object') return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key, value]) => !(key === 'description' && typeof value === 'string'))
      .map(([key, value]) => [key, withoutDescriptions(value)]),
  );
}

function withOneVersion(crd: Crd): Crd {
  const best = VERSIONS.map((name) => crd.spec.versions.find((version) => version.name === name)).find(Boolean);
  if (!best) throw new Error(`no known version among ${crd.spec.versions.map((v) => v.name).join(', ')}`);
  return { ...crd, spec: { ...crd.spec, versions: [withoutDescriptions(best)] } };
}

function main() {
  const crds = [
    ...readCrds(join(moduleDirectory('istio.io/api', versions.istio, versions.checksums.istioApi), 'kubernetes')),
    ...readCrds(
      join(
        moduleDirectory('sigs.k8s.io/gateway-api', versions.gatewayApi, versions.checksums.gatewayApi),
        'config/crd/standard',
      ),
    ),
  ].map(withOneVersion);

  const work = mkdtempSync(join(tmpdir(), 'import-crds-'));
  try {
    for (const file of readdirSync(OUTPUT)) rmSync(join(OUTPUT, file));
    for (const group of new Set(crds.map((crd) => crd.spec.group))) {
      // One file per group: two inputs of one group would overwrite each other's output.
      const input = join(work, `${group}.yaml`);
      writeFileSync(
        input,
        crds
          .filter((crd) => crd.spec.group === group)
          .map((crd) => stringify(crd, { aliasDuplicateObjects: false }))
          .join('---\n'),
      );
      execFileSync('cdk8s', ['import', input, '--language', 'typescript', '--output', OUTPUT], {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, CDK8S_CHECK_UPGRADE: 'false' },
      });
    }
  } finally {
    rmSync(work, { recursive: true });
  }
}

main();
