/**
 * Proves the package as users get it: packs it, installs the tarball into an outside app, once in TypeScript and once in
 * JavaScript, type-checks as strictly as TypeScript can, synthesizes with `cdk8s synth` and compares what both write. An import alone
 * must load nothing, and all must be there for whoever imports it, as CommonJS, TypeScript or an ES module.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import manifest from '../package.json';

const ROOT = resolve(__dirname, '..');

const TYPESCRIPT = `import { App, Chart } from 'cdk8s';
import { EgressClient, EgressGateway, TlsOriginationEgress, assertions, networking } from 'cdk8s-istio-egress';

const app = new App();
const exit = new EgressGateway(new Chart(app, 'platform'), 'Exit');
const chart = new Chart(app, 'payments');
new TlsOriginationEgress(chart, 'Stripe', {
  hosts: ['api.stripe.com'],
  exit,
  clients: [EgressClient.serviceAccount('payments', 'checkout')],
});
new networking.Sidecar(chart, 'Sidecar', { metadata: { name: 'default', namespace: 'payments' } });
assertions.Manifests.fromApp(app).countIs({ kind: 'VirtualService' }, 2);
app.synth();
`;

const JAVASCRIPT = TYPESCRIPT.replace(/import (.*) from (.*);/g, 'const $1 = require($2);');

/** All at once, and what the compiler makes of it must still load files one by one. */
const NAMESPACE = `import { App, Chart } from 'cdk8s';
import * as egress from 'cdk8s-istio-egress';

new egress.networking.Sidecar(new Chart(new App(), 'chart'), 'Sidecar');
if (Object.keys(require.cache).some((file) => file.endsWith('src/modules.js'))) throw new Error('it loads all');
`;

/** What is exported loads its file when it is read, and no object of this library the generated L1. */
const LAZY = `const assert = require('node:assert');
const { basename } = require('node:path');
const egress = require('cdk8s-istio-egress');

const loaded = () => Object.keys(require.cache);
assert.deepEqual(loaded().map((file) => basename(file)), ['lazy.js', 'index.js'], 'an import loads more than the index');
const { Chart, Testing } = require('cdk8s');
const app = Testing.app();
new egress.EgressGateway(new Chart(app, 'platform'), 'Exit');
app.synthYaml();
assert.ok(!loaded().some((file) => file.includes('istio.io')), 'a declaration alone loads generated L1');
assert.equal(typeof require('cdk8s-istio-egress').networking.Sidecar, 'function');
`;

/** Node has to find all names in the text of the index. */
const ES_MODULE = `import assert from 'node:assert';
import { createRequire } from 'node:module';
import * as everything from 'cdk8s-istio-egress';
import { Mesh, networking } from 'cdk8s-istio-egress';

const required = createRequire(import.meta.url)('cdk8s-istio-egress');
assert.equal(networking.Sidecar, required.networking.Sidecar);
assert.equal(Mesh, required.Mesh);
for (const name of Object.keys(required)) assert.equal(everything[name], required[name], name);
`;

const FILES = {
  'main.ts': TYPESCRIPT,
  'namespace.ts': NAMESPACE,
  'plain.js': JAVASCRIPT,
  'lazy.js': LAZY,
  'es-module.mjs': ES_MODULE,
};

/** Published types are checked too, whatever an app's compiler asks for. */
const STRICT = ['--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false'];

function main() {
  const work = mkdtempSync(join(tmpdir(), 'outside-app-'));
  try {
    const run = (command: string, ...args: string[]) =>
      execFileSync(command, args, { cwd: work, stdio: ['ignore', 'pipe', 'inherit'] });
    const tarball = pack(work);
    writeFileSync(join(work, 'package.json'), JSON.stringify({ name: 'outside-app', private: true }));
    const versions = (name: 'cdk8s-cli' | 'typescript') => `${name}@${manifest.devDependencies[name]}`;
    run(
      'npm',
      'install',
      '--silent',
      tarball,
      'cdk8s',
      'constructs',
      versions('cdk8s-cli'),
      versions('typescript'),
      '@types/node@20',
    );

    for (const [file, text] of Object.entries(FILES)) writeFileSync(join(work, file), text);
    const compiled = Object.keys(FILES).filter((file) => file.endsWith('.ts'));
    run('npx', 'tsc', ...STRICT, '--module', 'node16', '--target', 'es2022', '--types', 'node', ...compiled);
    for (const script of ['namespace.js', 'lazy.js', 'es-module.mjs']) run('node', script);
    checkInternal(join(work, 'node_modules', manifest.name, 'lib', 'src'));
    for (const script of ['main.js', 'plain.js']) {
      run(
        'npx',
        'cdk8s',
        'synth',
        '--check-upgrade',
        'false',
        '--app',
        `node ${script}`,
        '--output',
        join('out', script),
      );
    }
    const [fromTypeScript, fromJavaScript] = ['main.js', 'plain.js'].map((script) => output(join(work, 'out', script)));
    if (!fromTypeScript.includes('kind: AuthorizationPolicy') || fromTypeScript !== fromJavaScript) {
      throw new Error(`the outside apps disagree:\n${fromTypeScript}\n---- JavaScript:\n${fromJavaScript}`);
    }
    console.log(`outside app: ${tarball.split('/').pop()} works from TypeScript, JavaScript and ES modules`);
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** Packs what is compiled; the tarball must hold what users need and nothing else. */
function pack(work: string): string {
  const answer = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', work], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const parsed = JSON.parse(answer);
  const [{ filename, files }] = Array.isArray(parsed) ? parsed : Object.values<any>(parsed);
  const paths: string[] = files.map((file: { path: string }) => file.path);
  const strange = paths.filter(
    (path) =>
      !/^(lib\/|bin\/cdk8s-istio-egress$|node_modules\/yaml\/|\.jsii(\.gz)?$|package\.json$|README\.md$|LICENSE$|CHANGELOG\.md$|API\.md$)/.test(
        path,
      ),
  );
  if (strange.length > 0) throw new Error(`the package holds what users do not need: ${strange.join(', ')}`);
  return join(work, filename);
}

/** What is internal stands in no published type. */
function checkInternal(folder: string): void {
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.d.ts'))
    .filter((file) => readFileSync(join(folder, file), 'utf8').includes('@internal'));
  if (found.length > 0) throw new Error(`published types say what is internal: ${found.join(', ')}`);
}

function output(folder: string): string {
  return readdirSync(folder)
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('---\n');
}

main();
