import { example, stage } from './examples';
import { CallOptions } from '../world/call';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();
const CALL: CallOptions = { from: 'shop/web', url: 'http://api.vendor.example.com/', timeout: 5000 };
const SERVERS = ['one.vendor.example.com', 'two.vendor.example.com'];

beforeAll(async () => stage(mesh, example('dist/failover')));
afterAll(async () => {
  for (const server of SERVERS) await mesh.behave(server, {});
  await mesh.reset();
});

/** Who answered each of so many calls. */
async function servers(count: number): Promise<(string | undefined)[]> {
  const answers: (string | undefined)[] = [];
  for (let index = 0; index < count; index++) {
    const { seen } = await mesh.expect(CALL, { outcome: 'allowed', status: 200 });
    answers.push(seen.at(-1)?.server);
  }
  return answers;
}

it('both places take calls', async () => {
  expect(new Set(await servers(20))).toEqual(new Set(SERVERS));
});

it.each(SERVERS)('no safe call fails while %s is down, and it is left out', async (down) => {
  await stage(mesh, example('dist/failover'));
  await mesh.behave(down, { down: true });
  const [other] = SERVERS.filter((server) => server !== down);
  await mesh.load(CALL, { count: 200, concurrency: 4, pause: 10 });
  expect(new Set(await servers(10))).toEqual(new Set([other]));
  await mesh.behave(down, {});
  await mesh.reset();
});
