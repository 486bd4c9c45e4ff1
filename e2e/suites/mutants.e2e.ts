/** Manifests that are wrong in one place: the engine knows what becomes of every call, as real proxies do. */
import { Mutants } from '../adversary/mutants';
import { Stage } from '../adversary/stage';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();
let mutants: Mutants;

beforeAll(async () => {
  mutants = new Mutants(await Stage.set(mesh));
});
afterAll(async () => mesh.reset());

/** Some of all: `npm run e2e:campaign -- --mutants` plays every one, in some twenty minutes. */
it('every twelfth mutation', async () => {
  const { played, changing, wrong } = await mutants.play(12);
  expect(wrong).toEqual([]);
  expect(played).toBeGreaterThan(5);
  expect(changing).toBeGreaterThan(2);
}, 900_000);
