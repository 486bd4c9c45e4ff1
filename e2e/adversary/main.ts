/** Plays the adversary as long as it is told to: `npm run e2e:campaign -- --minutes N --seed S [--path P] [--disagreements FOLDER]`, or, with `--mutants`, all mutants. */
import { parseArgs } from 'node:util';
import { campaign, report } from './campaign';
import { Mutants } from './mutants';
import { Stage } from './stage';
import { Mesh } from '../world/mesh';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '10' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
      path: { type: 'string' },
      disagreements: { type: 'string' },
      mutants: { type: 'boolean', default: false },
      moves: { type: 'string', default: '60' },
    },
  });
  const [minutes, seed, moves] = [Number(values.minutes), Number(values.seed), Number(values.moves)];
  if (!(minutes > 0) || !Number.isInteger(seed) || !(moves >= 1)) {
    throw new Error('--minutes and --moves are numbers from 1, --seed a whole number');
  }
  process.stdout.write(`seed ${seed}\n`);
  const mesh = await Mesh.up();
  try {
    const stage = await Stage.set(mesh);
    const tell = (line: string) => process.stdout.write(`${line}\n`);
    if (values.mutants) {
      const made = await new Mutants(stage).play(1, tell);
      tell(JSON.stringify(made, null, 1));
      if (made.wrong.length > 0) process.exitCode = 1;
      return;
    }
    const { path, disagreements } = values;
    const coverage = await campaign(stage, { seed, path, within: minutes * 60_000, moves, disagreements, tell });
    tell(report(coverage).join('\n'));
  } finally {
    await mesh.down();
  }
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
