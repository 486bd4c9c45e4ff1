/**
 * `FastApp` writes what cdk8s's App writes: many random documents and apps, with the lowest versions of cdk8s and constructs that this
 * package allows, which are those of its development, and with the newest.
 *
 *     npx tsx tools/same-files.ts                        100,000 documents and 2,000 apps, half with each
 *     RANDOM_DOCUMENTS=1000 npx tsx tools/same-files.ts  fewer
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');
const PEERS = ['cdk8s', 'constructs'];
const TESTS = ['test/fast-app', 'test/app/own-object', 'test/properties/fast-app'];

function main() {
  const work = mkdtempSync(join(tmpdir(), 'newest-'));
  try {
    writeFileSync(join(work, 'package.json'), JSON.stringify({ name: 'newest', private: true }));
    const newest = PEERS.map((name) => `${name}@latest`);
    execFileSync('npm', ['install', '--silent', ...newest], { cwd: work, stdio: 'inherit' });
    for (const modules of [join(ROOT, 'node_modules'), join(work, 'node_modules')]) compare(modules);
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** Runs the comparisons with the peers of a folder. */
function compare(modules: string) {
  console.log(PEERS.map((name) => `${name} ${versionOf(join(modules, name))}`).join(', '));
  const peers = Object.fromEntries(PEERS.map((name) => [`^${name}$`, join(modules, name)]));
  const mapper = JSON.stringify({ ...peers, '^cdk8s-istio-egress$': '<rootDir>/src/index.ts' });
  execFileSync('npx', ['jest', '--ci', '--moduleNameMapper', mapper, ...TESTS], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { RANDOM_DOCUMENTS: '50000', RANDOM_APPS: '1000', ...process.env },
  });
}

function versionOf(folder: string): string {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
}

main();
