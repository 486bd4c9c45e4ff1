import { Lazy, Testing } from 'cdk8s';
import fc from 'fast-check';
import { Mesh } from '../../src';
import { checkHosts } from '../../src/destination/host';
import { isBelow, isWildcard } from '../../src/destination/host-names';
import { failing } from '../fixtures';

const check = (...hosts: any[]) => checkHosts(Testing.chart(), hosts);

test.each([
  ['API.Stripe.COM', 'api.stripe.com'],
  ['api.stripe.com.', 'api.stripe.com'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['例え.テスト', 'xn--r8jz45g.xn--zckzah'],
  ['a--b.x1.example', 'a--b.x1.example'],
  ['*.Example.COM.', '*.example.com'],
  ['*.bücher.example', '*.xn--bcher-kva.example'],
])('%s is %s', (given, expected) => {
  expect(check(given)).toEqual([expected]);
});

test('a host counts once, however it is written', () => {
  expect(check('b.example', 'A.example', 'a.EXAMPLE.')).toEqual(['b.example', 'a.example']);
});

test.each([
  ['https://api.stripe.com', 'HostSyntax', 'leave out the scheme'],
  ['api.stripe.com:443', 'HostSyntax', 'leave out the port'],
  ['api.stripe.com/v1', 'HostSyntax', 'leave out the path'],
  [' api.stripe.com', 'HostSyntax', 'white space'],
  ['localhost', 'HostSyntax', 'without a dot'],
  ['', 'HostSyntax', ''],
  ['.', 'HostSyntax', ''],
  ['a..example', 'HostSyntax', ''],
  ['under_score.example', 'HostSyntax', ''],
  ['user@api.example', 'HostSyntax', ''],
  ['a.example\n- evil', 'HostSyntax', ''],
  ['%61.example', 'HostSyntax', ''],
  [`${'a'.repeat(64)}.example`, 'HostSyntax', ''],
  [`${'a.'.repeat(130)}example`, 'HostSyntax', ''],
  ['1.2.3', 'HostIpAddress', ''],
  ['10.0.0.1', 'HostIpAddress', ''],
  ['0x7f.1', 'HostIpAddress', ''],
  ['::1', 'HostIpAddress', ''],
  ['[::1]', 'HostIpAddress', ''],
  ['*', 'HostWildcard', ''],
  ['*example.com', 'HostWildcard', ''],
  ['a.*.example.com', 'HostWildcard', ''],
  ['*.*.example.com', 'HostWildcard', ''],
  ['*.com', 'HostSyntax', ''],
  ['*.', 'HostSyntax', ''],
  ['*.10.0.0.1', 'HostIpAddress', ''],
  ['*.cluster.local', 'HostInCluster', ''],
  ['*.payments.svc.cluster.local', 'HostInCluster', ''],
  ['db.payments.svc', 'HostInCluster', ''],
  ['db.payments.svc.cluster.local', 'HostInCluster', ''],
])('refuses %j: %s', (host, code, part) => {
  expect(() => check(host)).toThrow(failing(code, part));
});

test('refuses what is not known yet, or is no string', () => {
  expect(() => check(Lazy.any({ produce: () => 'a.example' }))).toThrow(failing('NotInline'));
  expect(() => check(undefined)).toThrow(failing('NotInline'));
  expect(() => check('${Token[TOKEN.1]}.example')).toThrow(failing('NotInline'));
});

test('refuses no hosts', () => {
  expect(() => check()).toThrow(failing('HostsMissing'));
  expect(() => checkHosts(Testing.chart(), undefined)).toThrow(failing('HostsMissing'));
});

test("follows the mesh's cluster domain", () => {
  const chart = Testing.chart();
  Mesh.configure(chart, { clusterDomain: 'corp.example' });
  expect(() => checkHosts(chart, ['db.payments.svc.corp.example'])).toThrow(failing('HostInCluster'));
  expect(checkHosts(chart, ['www.corp.example'])).toEqual(['www.corp.example']);
});

test('a wildcard that stands for Services of the cluster too is refused', () => {
  const chart = Testing.chart();
  Mesh.configure(chart, { clusterDomain: 'k8s.corp.example' });
  expect(() => checkHosts(chart, ['*.corp.example'])).toThrow(failing('HostInCluster', '*.corp.example'));
  expect(() => checkHosts(chart, ['*.k8s.corp.example'])).toThrow(failing('HostInCluster'));
  expect(checkHosts(chart, ['*.www.corp.example'])).toEqual(['*.www.corp.example']);
});

test.each([
  ['a.example.com', '*.example.com', true],
  ['a.b.example.com', '*.example.com', true],
  ['*.b.example.com', '*.example.com', true],
  ['*.example.com', '*.example.com', false],
  ['example.com', '*.example.com', false],
  ['badexample.com', '*.example.com', false],
  ['a.example.com', 'example.com', false],
  ['*.example.com', 'a.example.com', false],
])('%s is below %s: %s', (host, wildcard, expected) => {
  expect(isBelow(host, wildcard)).toBe(expected);
});

test('only "*." in front makes a wildcard', () => {
  expect(['*.a.example', 'a.example', 'any.a.example'].filter(isWildcard)).toEqual(['*.a.example']);
});

test('whatever is accepted is a lower-case DNS name, and is accepted again unchanged', () => {
  const label = /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.constantFrom('.', '-', 'a', '１', 'ß', '%2e', '。', '*', '*.'),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.domain(),
        fc.array(piece, { maxLength: 6 }).map((all) => all.join('')),
      ),
      (given) => {
        let host;
        try {
          [host] = check(given);
        } catch (error) {
          expect((error as Error).message).toMatch(/^\[Host\w+\]/);
          return;
        }
        expect(host).toMatch(label);
        expect(check(host)).toEqual([host]);
      },
    ),
    { numRuns: 5000 },
  );
});
