import { campaign, report } from '../adversary/campaign';
import { Stage } from '../adversary/stage';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();
let stage: Stage;

beforeAll(async () => {
  stage = await Stage.set(mesh);
});
afterAll(async () => mesh.reset());

/** Always the same apps; as long as wanted, and others, by `npm run e2e:campaign`. */
it('random apps and attackers: what is granted passes, nothing else leaves', async () => {
  const coverage = await campaign(stage, { seed: 15, stories: 40, moves: 60 });
  process.stdout.write(`${report(coverage).join('\n')}\n`);
  expect(coverage.calls).toBeGreaterThan(700);
  expect(coverage.granted).toBeGreaterThan(60);
  for (const what of ['aliases', 'aliases served outside', 'hosts served outside', 'guarded exits']) {
    expect([what, coverage.apps.get(what) ?? 0]).toEqual([what, expect.any(Number)]);
  }
}, 900_000);
