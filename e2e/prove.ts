/** Proves a folder of manifests on a real mesh: `prove.ts <manifests> <world.yaml>`. See README.md beside this file. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { whatItIs } from './bed/what';
import { prepare, prove } from './prove/prove';
import { readWorld } from './prove/world';
import { documentsOf, namesOf } from './world/manifests';
import { Mesh } from './world/mesh';

async function main(): Promise<number> {
  const [folder, file] = process.argv.slice(2);
  if (!folder || !file) throw new Error('usage: prove.ts <folder of manifests> <world.yaml>');
  for (const path of [folder, file]) if (!existsSync(path)) throw new Error(`${path} does not exist`);
  const documents = documentsOf(folder, [resolve(file)]);
  const world = readWorld(file, namesOf(documents, 'Deployment'));
  const start = Date.now();
  const mesh = await Mesh.up({ outbound: world.outbound });
  try {
    await prepare(mesh, world, documents);
    process.stdout.write(
      `${whatItIs()}\nUp in ${Math.round((Date.now() - start) / 1000)} s, outbound ${world.outbound ?? 'REGISTRY_ONLY'}.\n\n`,
    );
    const verdicts = await prove(mesh, world, ({ title, failure }) => {
      process.stdout.write(
        `${failure ? 'FAILED' : 'ok    '} ${title}\n${failure ? `${failure.replace(/^/gm, '       ')}\n` : ''}`,
      );
    });
    const failed = verdicts.filter(({ failure }) => failure).length;
    process.stdout.write(`\n${verdicts.length - failed} passed, ${failed} failed\n`);
    return failed ? 1 : 0;
  } finally {
    await mesh.down();
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130)); // the keeper tears down
main().then(
  (code) => (process.exitCode = code),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  },
);
