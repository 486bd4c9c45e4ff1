import { Answer, Call } from '../../../src/engine/question';
import { Inventory } from '../../../src/engine/reach/inventory';
import { readRule } from '../../../src/engine/reach/pattern';
import { never } from '../../../src/engine/reach/prove';
import { Way } from '../../../src/engine/reach/way';

const ARRIVES = { outside: true, host: 'open.example', port: 443, from: 'e/x', encryption: 'exit' } as const;
const REFUSED: Answer = { verdict: 'refused', reason: '', hops: [] };

const way = (speaks: Way['speaks']): Way => ({
  ...{
    caller: 'shop/web',
    host: 'open.example',
    port: 80,
    speaks,
    access: 'all',
    exit: 'e/x',
    arrives: ARRIVES,
    decided: [],
  },
  call: { from: 'shop/web', url: 'http://open.example:80/' },
  answer: REFUSED,
  isDirect: false,
});

/** A mesh that lets certain calls through, to the server of open.example. */
function mesh(speaks: Way['speaks'], passes: (call: Call) => boolean, arrives: (call: Call) => object): Inventory {
  const ask = async (calls: Call[]) =>
    calls.map((call): Answer =>
      passes(call) ? { ...REFUSED, verdict: 'allowed', arrives: { ...ARRIVES, ...arrives(call) } } : REFUSED,
    );
  return { ways: [way(speaks)], callers: ['shop/web', 'shop/*'], ask, assumptions: [], problems: [], grave: [] };
}
const RULE = readRule('shop/web -> secret.example');

test.each([
  'secret.example',
  'open.example:secret.example',
  'secret.example.',
  'SECRET.EXAMPLE:80',
  'secret.example:80:open.example',
  'secret.example@open.example',
])('a server that is told %s by a call for another name is one that was reached', async (authority) => {
  const told = mesh(
    'http',
    ({ headers }) => headers?.host === authority,
    () => ({ authority }),
  );
  expect((await never(RULE, told)).against).toEqual([
    expect.objectContaining({
      call: {
        from: 'shop/web',
        url: 'http://open.example:80/',
        connectTo: { host: 'open.example', port: 80 },
        headers: { host: authority },
      },
    }),
  ]);
});

test('an absolute target is tried, and a server name by which a proxy finds the server', async () => {
  const target = mesh(
    'http',
    (call) => call.target === 'http://secret.example/',
    () => ({ authority: 'secret.example' }),
  );
  expect((await never(RULE, target)).against).toHaveLength(1);
  const sni = mesh(
    'tls',
    (call) => call.sni === 'SECRET.EXAMPLE',
    () => ({ host: 'secret.example' }),
  );
  expect((await never(RULE, sni)).against).toHaveLength(1);
});

test('whatever arrives elsewhere, inside, or not at all contradicts nothing', async () => {
  expect(
    (
      await never(
        RULE,
        mesh(
          'http',
          () => true,
          () => ({ authority: 'open.example' }),
        ),
      )
    ).against,
  ).toEqual([]);
  expect(
    (
      await never(
        RULE,
        mesh(
          'http',
          () => true,
          () => ({ host: 'secret.example', outside: false }),
        ),
      )
    ).against,
  ).toEqual([]);
  const { against, covered } = await never(
    RULE,
    mesh(
      'http',
      () => false,
      () => ({}),
    ),
  );
  expect(against).toEqual([]);
  expect(covered).toMatchObject({ callers: 1, ports: 3 });
  expect(covered.calls).toBeGreaterThan(40);
});

describe('many hosts', () => {
  const all = mesh(
    'http',
    () => false,
    () => ({}),
  );
  const hosts = (count: number, parent: string) =>
    Array.from({ length: count }, (_, index) => ({
      ...way('http'),
      host: `h${index}.${parent}`,
      call: { from: 'shop/web', url: `http://h${index}.${parent}/` },
    }));

  test('are tried by one of their kind, which is said', async () => {
    const ways = hosts(60, 'a.example');
    const { covered } = await never(readRule('shop/web -> *.a.example'), { ...all, ways });
    expect(covered.isSampled).toBe(true);
    expect(covered.hosts).toBeGreaterThan(60);
    expect((await never(readRule('shop/web -> x.example'), { ...all, ways })).covered.isSampled).toBeUndefined();
  });

  test('of too many, nothing is proved', async () => {
    const ways = hosts(3000, 'a.example');
    await expect(never(RULE, { ...all, ways })).rejects.toThrow('is about more than 100000 calls');
  });
});
