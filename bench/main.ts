/**
 * Measures against what people use instead; `docs/benchmarks.md` explains the figures.
 *
 *     npm run bench                      every part that this machine can run
 *     npm run bench -- latency           one part
 *     npm run bench -- --once            a smoke run of what needs no mesh
 *     npm run bench -- latency --once    a smoke run of one part
 */
import { latency } from './latency/main';
import { mesh, pushes } from './mesh/main';
import { Part } from './part';
import { start } from './start/main';
import { synthesis } from './synthesis/main';

const PARTS: Record<string, Part> = { start, synthesis, mesh, pushes, latency };

async function main(args: string[]): Promise<void> {
  const once = args.includes('--once');
  const given = args.filter((arg) => arg !== '--once');
  const unknown = given.find((name) => !(name in PARTS));
  if (unknown) throw new Error(`no part ${unknown}; there are ${Object.keys(PARTS).join(', ')}`);
  const asked = given.length > 0 ? given : once ? ['start', 'synthesis'] : Object.keys(PARTS);
  for (const name of asked) {
    const missing = PARTS[name].missing?.();
    if (missing && given.length > 0) throw new Error(`${name} cannot run here: ${missing}`);
    if (missing) console.error(`${name} is left out: ${missing}`);
    else await PARTS[name].run(once);
  }
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
