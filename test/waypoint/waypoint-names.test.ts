import { ambient, checkout, made } from './waypoint';
import { EgressGrantOptions, EgressPort } from '../../src';
import { failing } from '../fixtures';

const wildcard: Partial<EgressGrantOptions> = { hosts: ['*.wiki.example'], ports: [EgressPort.http()] };

/** Whether the route of a host would take a call with this Host header, as Envoy compares it: the whole text. */
function takes(host: string, authority: string, ...grants: Partial<EgressGrantOptions>[]): boolean {
  const routes = made('VirtualService', ...grants).find(({ spec }) => spec.hosts[0] === host)!;
  const [{ authority: own, withoutHeaders }] = routes.spec.http[0].match;
  const matches = ({ regex }: { regex: string }) =>
    new RegExp(`^(${regex.replaceAll('(?i)', '')})$`, 'i').test(authority);
  return matches(own) && !(withoutHeaders && matches(withoutHeaders[':authority']));
}

test.each(['a.example', 'a.example:80', 'A.Example'])('a host’s route takes %s', (authority) => {
  expect(takes('a.example', authority, {})).toBe(true);
});

test.each(['a.example:x', 'a.example.', 'a.example:081', 'b.example', 'u@a.example', 'x.a.example', 'axexample', ''])(
  'a host’s route leaves %j alone',
  (authority) => {
    expect(takes('a.example', authority, {})).toBe(false);
  },
);

test.each(['one.wiki.example', 'a.b.WIKI.example', 'one.wiki.example:80', 'afr.wiki.example'])(
  'the route of a wildcard takes %s',
  (authority) => {
    expect(takes('*.wiki.example', authority, wildcard, { hosts: ['fr.wiki.example'] })).toBe(true);
  },
);

test.each([
  'evil.example:x.wiki.example',
  'wiki.example',
  '.wiki.example',
  'evil.example,x.wiki.example',
  'u@one.wiki.example',
  'fr.wiki.example',
  'FR.wiki.example:80',
  'fr.wiki.example:x.wiki.example',
  'a.m.wiki.example',
])('the route of a wildcard leaves %s alone', (authority) => {
  const narrower = { ...wildcard, hosts: ['*.m.wiki.example'] };
  expect(takes('*.wiki.example', authority, wildcard, narrower, { hosts: ['fr.wiki.example'] })).toBe(false);
});

test('a wildcard leaves out as many hosts as Istio takes in one pattern', () => {
  const hosts = (count: number) => Array.from({ length: count }, (_, i) => `host-${i}.wiki.example`);
  const [, { spec }] = made('VirtualService', { hosts: hosts(90) }, wildcard).reverse();
  expect(spec).toBeDefined();
  expect(() => made('VirtualService', wildcard, { hosts: hosts(150) })).toThrow(failing('HostWildcard', '150 hosts'));
  expect(() => made('VirtualService', { hosts: hosts(150) }, wildcard)).toThrow(failing('HostWildcard', '150 hosts'));
});

test('HTTP below a wildcard is called on port 80', () => {
  const { exit } = ambient();
  const grant = {
    ...wildcard,
    hosts: ['*.wiki.example'],
    clients: [checkout],
    ports: [EgressPort.http({ port: 8080 })],
  };
  expect(() => exit.grant('Wiki', grant)).toThrow(failing('HostWildcard', 'port 8080'));
});
