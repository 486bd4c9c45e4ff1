import { Testing } from 'cdk8s';
import fc from 'fast-check';
import { failing } from './fixtures';
import { checkName, dottedName, exitLabel, joinName, placedName } from '../src/naming';

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const scope = Testing.chart();

test('joins parts in kebab case, equal neighbours once', () => {
  expect(joinName(scope, 'istio-egress', 'api.stripe.com')).toBe('istio-egress-api-stripe-com');
  expect(joinName(scope, 'payments', 'payments', 'StripeApi')).toBe('payments-stripe-api');
});

test('puts the place in front unless the name begins with it', () => {
  expect(placedName(scope, 'payments', 'shop-stripe')).toBe('payments-shop-stripe');
  expect(placedName(scope, 'payments', 'payments-stripe')).toBe('payments-stripe');
  expect(placedName(scope, 'pay', 'payments-stripe')).toBe('pay-payments-stripe');
});

test('a long name keeps its beginning and differs from its neighbours', () => {
  const long = 'a'.repeat(60);
  const [one, two] = [joinName(scope, long, 'one'), joinName(scope, long, 'two')];
  expect(one).toMatch(/^a{54}-[0-9a-f]{8}$/);
  expect(one).not.toBe(two);
  expect(joinName(scope, long, 'one')).toBe(one);
});

test('what belongs to something else is named with a dot, which names cannot mix up', () => {
  expect(dottedName('istio-egress', 'a-b.example')).not.toBe(dottedName('istio-egress', 'a.b.example'));
  expect(dottedName('a', 'b'.repeat(80))).toMatch(/^a\.b+-[0-9a-f]{8}$/);
  expect(exitLabel({ exitName: 'istio-egress', namespace: 'istio-egress' })).toBe('istio-egress');
  expect(exitLabel({ exitName: 'partner', namespace: 'edge' })).toBe('partner.edge');
});

test('every name is a DNS-1123 label, or an error says why not', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 80 }), { minLength: 1, maxLength: 4 }), (parts) => {
      let name;
      try {
        name = joinName(scope, ...parts);
      } catch (error) {
        expect(String((error as Error).message)).toMatch(failing('NameSyntax'));
        return;
      }
      expect(name).toMatch(LABEL);
    }),
    { numRuns: 2000 },
  );
});

test.each(['Upper', 'under_score', '-edge', 'a'.repeat(64), ''])('refuses the chosen name %j', (name) => {
  expect(() => checkName(scope, 'name', name)).toThrow(failing('NameSyntax', JSON.stringify(name)));
});
