/**
 * Proves the engine's packages as users get them: packs that of this platform and the one that depends on all, installs them beside the
 * packed library without a network, and asks what a call of an example does. Before they are there, one line says how to get them.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pack } from './engine';
import { PACKAGE, VARIABLE } from '../src/engine/binary';

const ROOT = resolve(__dirname, '..');

async function main() {
  const work = mkdtempSync(join(tmpdir(), 'engine-outside-'));
  try {
    const npm = (...args: string[]) => execFileSync('npm', args, { cwd: work, stdio: ['ignore', 'ignore', 'inherit'] });
    // Peers of the library are not what is tried out here, and are on no disk.
    const install = (...tarballs: string[]) =>
      npm(
        'install',
        '--silent',
        '--offline',
        '--no-audit',
        '--no-fund',
        '--legacy-peer-deps',
        '--save-dev',
        ...tarballs,
      );
    writeFileSync(join(work, 'package.json'), JSON.stringify({ name: 'engine-outside', private: true }));
    execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', work], { cwd: ROOT });
    install(
      ...readdirSync(work)
        .filter((file) => file.endsWith('.tgz'))
        .map((file) => join(work, file)),
    );

    const manifests = ['dist/tls-origination', 'install/guarded-namespace'].map((path) => join(ROOT, path));
    const explain = () =>
      spawnSync(
        join(work, 'node_modules/.bin/cdk8s-istio-egress'),
        ['explain', ...manifests, '--from', 'payments/checkout', 'http://api.stripe.com/v1/charges'],
        { cwd: work, encoding: 'utf8', env: { ...process.env, [VARIABLE]: '' } },
      );
    const without = explain();
    expect(without.status === 2 && without.stderr.endsWith(`npm install --save-dev ${PACKAGE}\n`), without);

    const tarballs = await pack([`${process.platform}-${process.arch}`], join(work, 'engine'));
    install(...tarballs);
    const start = Date.now();
    const answer = explain();
    expect(answer.status === 0 && answer.stdout.startsWith('ALLOWED  payments/checkout'), answer);
    const sizes = tarballs.map((file) => `${Math.round(statSync(file).size / 1e6)} MB`).join(' and ');
    console.log(`engine: packed (${sizes}), installed offline, answers in ${Date.now() - start} ms`);
  } finally {
    rmSync(work, { recursive: true });
  }
}

function expect(isTrue: boolean, what: unknown): void {
  if (!isTrue) throw new Error(`not as expected: ${JSON.stringify(what, undefined, 2)}`);
}

void main();
