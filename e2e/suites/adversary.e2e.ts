import { campaign, report } from '../adversary/campaign';
import { Stage } from '../adversary/stage';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();
let stage: Stage;

beforeAll(async () => {
  stage = await Stage.set(mesh);
});
afterAll(async () => mesh.reset());

/** Bounded; as long as wanted by `npm run e2e:campaign`. */
it('random apps and attackers: what is granted passes, nothing else leaves', async () => {
  const coverage = await campaign(stage, { seed: 15, stories: 70, within: 240_000 });
  process.stdout.write(`${report(coverage).join('\n')}\n`);
  expect(coverage.calls).toBeGreaterThan(300);
  expect(coverage.granted).toBeGreaterThan(20);
}, 900_000);
