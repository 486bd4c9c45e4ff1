import { Example, example, examples, stage } from './examples';
import { titleOf } from '../prove/prove';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();
const neighbour = example('fixtures/neighbour');

async function works({ world }: Example, outcome?: string) {
  for (const { expect: expected, name: _, ...call } of world.calls) {
    if (!outcome || expected.outcome === outcome) await mesh.expect(call, expected);
  }
}

const ours = examples().filter(({ name }) => name.startsWith('dist/'));

beforeAll(async () => {
  await stage(mesh, neighbour);
  await works(neighbour);
});
afterAll(async () => mesh.reset());

describe.each(ours)('somebody’s hand-written egress beside $name', (given) => {
  it('ours is applied', async () => {
    await stage(mesh, given);
  });

  it.each(neighbour.world.calls.map((call) => ({ title: titleOf(call), call })))(
    'as before: $title',
    async ({ call }) => {
      const { expect: expected, name: _, ...options } = call;
      await mesh.expect(options, expected);
    },
  );

  it('ours works beside it', async () => {
    // The neighbour lets all namespaces call its own host, which an example may forbid to others.
    const hosts = neighbour.world.external!.flatMap((server) => server.hosts);
    const calls = given.world.calls.filter(({ url }) => !hosts.includes(new URL(url).hostname));
    await works({ ...given, world: { ...given.world, calls } });
  });

  it('ours is removed, and the neighbour still works', async () => {
    await mesh.delete(given.documents.join('\n---\n'));
    await mesh.settled();
    await works(neighbour);
  });
});
