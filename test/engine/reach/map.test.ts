import { runInNewContext } from 'node:vm';
import { page } from './page';
import { Listed } from '../../../src/engine/reach/inventory-text';
import { inScript, toHtml } from '../../../src/engine/reach/map';
import { Way } from '../../../src/engine/reach/way';

const HOSTILE = '</script><img src=x onerror=alert(1)>\u2028&<!--';

const way = (host: string, more: Partial<Way> = {}): Way => ({
  ...{
    caller: 'shop/web',
    host,
    port: 80,
    speaks: 'http',
    access: 'all',
    exit: 'istio-egress/x',
    decided: [],
    isDirect: false,
  },
  arrives: {
    outside: true,
    host,
    port: 443,
    from: 'istio-egress/x',
    encryption: 'exit',
    verified: true,
    serverName: host,
  },
  call: { from: 'shop/web', url: `http://${host}:80/` },
  answer: {
    verdict: 'allowed',
    reason: '',
    hops: [
      {
        kind: 'sidecar',
        pod: 'shop/web',
        decided: [{ object: `VirtualService/shop/${host}`, does: 'routes', file: 'a.yaml', line: 7 }],
      },
    ],
    arrives: {
      outside: true,
      host,
      port: 443,
      from: 'istio-egress/x',
      encryption: 'exit',
      verified: true,
      serverName: host,
    },
  },
  ...more,
});
const listed = (...ways: Way[]): Listed => ({
  ways,
  callers: ['shop/web'],
  assumptions: [HOSTILE],
  problems: [],
  grave: [],
  ask: async () => [],
});

const html = toHtml(
  listed(
    way('a.example', { notes: { owner: HOSTILE, reason: 'orders', ticket: 'T-1', expires: '2026-12-01' } }),
    way('b.example', {
      isDirect: true,
      arrives: { outside: true, host: 'b.example', port: 80, from: 'shop/web', encryption: 'none' },
    }),
  ),
);

test('names of others are data in the page, whatever they hold', () => {
  expect(html).not.toContain('<img');
  expect(html.match(/<\/script>/g)).toHaveLength(2);
  expect(html).not.toMatch(/[\u2028\u2029]/);
  expect(JSON.parse(inScript(HOSTILE))).toBe(HOSTILE);
});

test('the page loads nothing, and runs its own script alone', () => {
  expect(html).toMatch(/content="default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+';/);
  expect(html).not.toMatch(/<[^>]*\s(src|href|action)=|<link|url\(|@import|fetch\(|import\(/);
});

describe('the page, with its script run', () => {
  const run = () => {
    const it = page(html);
    runInNewContext(it.script, it.globals);
    return it;
  };

  test('shows callers, exits and hosts, the lines between them, and a table of the same', () => {
    const { at } = run();
    expect(at('callers').texts('button')).toEqual(['shop/web']);
    expect(at('exits').texts('button')).toEqual(['NONE: straight out', 'istio-egress/x']);
    expect(at('hosts').texts('button')).toEqual(['a.example', 'b.example']);
    expect(
      at('links')
        .all('path')
        .map((path) => path.attributes.class),
    ).toEqual(['verified', 'plaintext']);
    expect(at('rows').all('tr')).toHaveLength(2);
  });

  test.each([
    ['a line by a click', (it: ReturnType<typeof run>) => it.at('links').all('path')[0].fire('click')],
    [
      'a line by Enter',
      (it: ReturnType<typeof run>) => it.at('links').all('path')[0].fire('keydown', { key: 'Enter' }),
    ],
    ['a row of the table', (it: ReturnType<typeof run>) => it.at('rows').all('button')[0].fire('click')],
  ])('explains %s, and takes the focus there and back', (_, press) => {
    const it = run();
    press(it);
    const details = it.at('details');
    expect(details.hidden).toBe(false);
    expect(it.focused()).toBe(details);
    const told = it.at('details-body').text;
    for (const part of [
      'a.yaml:7',
      'VirtualService shop/a.example',
      'prove that it is a.example',
      'T-1',
      'Reason: orders',
    ]) {
      expect(told).toContain(part);
    }
    it.fire('keydown', { key: 'Escape' });
    expect(details.hidden).toBe(true);
    expect(it.focused()).not.toBe(details);
  });

  test('every line has a name and a place in the order of tabs', () => {
    for (const { attributes } of run().at('links').all('path')) {
      expect(attributes).toMatchObject({
        tabindex: '0',
        role: 'button',
        'aria-label': expect.stringMatching(/^shop\/web to [ab]\.example, exit/),
      });
    }
  });

  test('filters by text, by risk and by what is chosen', () => {
    const { at } = run();
    const rows = () => at('rows').all('tr').length;
    at('filter').value = 'T-1 orders';
    at('filter').fire('input');
    expect([rows(), at('shown').text]).toEqual([1, '1 of 2 ways out']);
    at('filter').value = '';
    at('risk').value = 'direct';
    at('risk').fire('change');
    expect(at('hosts').texts('button')).toEqual(['b.example']);
    at('risk').value = '';
    at('risk').fire('change');
    at('hosts').all('button')[0].fire('click');
    expect([rows(), at('hosts').all('button')[0].attributes['aria-pressed']]).toEqual([1, 'true']);
  });
});
