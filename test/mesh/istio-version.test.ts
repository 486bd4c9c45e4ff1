import { Testing } from 'cdk8s';
import { IstioVersion, TESTED_ISTIO } from '../../src/mesh/istio-version';
import versions from '../../versions.json';
import { failing } from '../fixtures';

const parse = (text: string) => IstioVersion.parse(Testing.chart(), text);

test('the tested version is the pinned one', () => {
  expect(TESTED_ISTIO).toBe(versions.istio);
});

test('compares versions by number', () => {
  expect(parse('1.31').atLeast(1, 4)).toBe(true);
  expect(parse('v1.30.9').atLeast(1, 31)).toBe(false);
});

test.each(['1.24', '1', 'latest', '', '1.31.1.2'])('refuses %j', (text) => {
  expect(() => parse(text)).toThrow(failing('VersionUnsupported', text));
});

test.each([
  ['1.27.8', false],
  ['1.27.9', true],
  ['1.28', false],
  ['1.28.6', true],
  ['1.29.1', false],
  ['1.29.2', true],
  ['1.31', true],
])('%s quotes the dots of service accounts: %s', (text, expected) => {
  expect(parse(text).quotesServiceAccounts).toBe(expected);
});
