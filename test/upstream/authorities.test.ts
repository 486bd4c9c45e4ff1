import fc from 'fast-check';
import {
  authoritiesOf,
  authorityOnAnyPort,
  authorityPattern,
  foundAuthorityPattern,
} from '../../src/upstream/authorities';

const reads = (pattern: string) => (text: string) => new RegExp(`^(?:${pattern.replace('(?i)', '')})$`, 'i').test(text);

const host = fc.constantFrom('a.example', 'b.a.example', '*.example', '*.a.example');
const port = fc.constantFrom(80, 443, 8080);
const said = fc
  .tuple(
    fc.constantFrom('a.example', 'b.a.example', 'A.example', 'aXexample', 'x.y.a.example'),
    fc.constantFrom('', ':80', ':443', ':8080', ':', ':x', ':80:a.example'),
  ) // prettier-ignore
  .map(([name, rest]) => name + rest);

// What a route takes and no policy names is a way that nobody judged; the other way round, a granted call that fails.
test('routes take names that policies let through, and of those all that name a host and a port', () => {
  fc.assert(
    fc.property(host, port, said, (name, number, text) => {
      const byPolicy = authoritiesOf(name, number).some((authority) => matches(authority, text));
      const byRoute = reads(authorityPattern(name, number))(text);
      const isName = /^[\w.]+(:\d+)?$/.test(text);
      expect(byRoute).toBe(byPolicy && isName);
    }),
    { numRuns: 2000 },
  );
});

test('at a gateway, where Envoy has found the route by the name before the colon, that is the same', () => {
  fc.assert(
    fc.property(host, port, said, (name, number, text) => {
      const isFound = matches(name, text.split(':')[0]);
      const atGateway = isFound && reads(foundAuthorityPattern(name, number))(text);
      expect(atGateway).toBe(reads(authorityPattern(name, number))(text));
    }),
    { numRuns: 2000 },
  );
});

test('with any port, nothing but a port stands behind the name', () => {
  const read = reads(authorityOnAnyPort('a.example'));
  expect(['a.example', 'a.example:1', 'a.example:65535'].every(read)).toBe(true);
  expect(['a.example:', 'a.example:+80', 'a.example:b.example', 'b.a.example'].some(read)).toBe(false);
});

/** As Istio's policies compare hosts: exactly, or by suffix, in any case. */
function matches(authority: string, text: string): boolean {
  const [wanted, given] = [authority.toLowerCase(), text.toLowerCase()];
  return wanted.startsWith('*') ? given.endsWith(wanted.slice(1)) && given !== wanted.slice(1) : given === wanted;
}
