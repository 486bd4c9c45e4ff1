import { campaign, report } from '../adversary/campaign';
import { Stage } from '../adversary/stage';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();
let stage: Stage;

beforeAll(async () => {
  stage = await Stage.set(mesh);
});
afterAll(async () => mesh.reset());

/** Apps that hold something, of the 18 that the seed comes to: fewer would leave a part of the product without an attacker. */
const APPS = {
  aliases: 13,
  'aliases served outside': 5,
  'hosts served outside': 8,
  'guards that observe': 5,
  'guards that enforce': 11,
  'guarded exits': 5,
  'admission that observes': 4,
  'admission that enforces': 11,
};

/** Always the same apps, in some two minutes; as long as wanted, and others, by `npm run e2e:campaign`. */
it('random apps and attackers: what is granted passes, nothing else leaves', async () => {
  const coverage = await campaign(stage, { seed: 15, stories: 30, moves: 60 });
  process.stdout.write(`${report(coverage).join('\n')}\n`);
  expect(Object.fromEntries(coverage.apps)).toEqual(APPS);
  expect(coverage.calls).toBeGreaterThan(800);
  expect(coverage.granted).toBeGreaterThan(80);
  expect(coverage.refusedByAdmission.size).toBeGreaterThan(1);
}, 900_000);
