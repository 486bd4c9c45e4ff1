import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App, AppProps, Chart, JsonPatch, Lazy } from 'cdk8s';
import fc from 'fast-check';
import { EgressClient, EgressGateway, FastApp, TlsOriginationEgress } from '../../src';
import { objectsOf } from '../../src/mesh/manifest';
import { text, tree } from '../properties/fast-app/documents';

type Kind = new (props: AppProps) => App;

/** All that an app of a class writes, or its error. */
function outcome(Kind: Kind, fill: (app: App) => void, props: AppProps = {}): string {
  const app = new Kind({ ...props, outdir: mkdtempSync(join(tmpdir(), 'own-object-')) });
  fill(app);
  try {
    app.synth();
  } catch (error) {
    return `${error}`;
  }
  return readdirSync(app.outdir)
    .map((file) => readFileSync(join(app.outdir, file), 'utf8'))
    .join('---\n');
}

/** Puts an egress into an app, and changes the objects that are made for it. */
const withEgress = (change: (object: any) => void) => (app: App) => {
  const chart = new Chart(app, 'chart', { labels: { team: 'a' } });
  const exit = new EgressGateway(chart, 'Exit');
  const clients = [EgressClient.serviceAccount('shop', 'app')];
  new TlsOriginationEgress(chart, 'Egress', { hosts: ['a.example.com'], exit, clients });
  app.node.findAll().filter(ApiObject.isApiObject).forEach(change);
};

const serializations = (fill: (app: App) => void, props?: AppProps) => {
  const serialize = jest.spyOn(ApiObject.prototype, 'toJson');
  outcome(FastApp, fill, props);
  const count = serialize.mock.calls.length;
  serialize.mockRestore();
  return count;
};

test('objects of this library are written without being serialized by cdk8s', () => {
  expect(serializations(withEgress(() => {}))).toBe(0);
});

test.each<[string, (object: any) => void]>([
  ['nothing', () => {}],
  ['a label', (object) => object.metadata.addLabel('a', 'yes')],
  ['labels that are numbers', (object) => ['10', '9'].forEach((name) => object.metadata.addLabel(name, name))],
  [
    'an annotation that comes to nothing',
    (object) => object.metadata.addAnnotation('a', Lazy.any({ produce: () => undefined })),
  ],
  ['an annotation that is null', (object) => object.metadata.addAnnotation('a', null)],
  ['an annotation that is a map', (object) => object.metadata.addAnnotation('a', {})],
  ['a finalizer', (object) => object.metadata.addFinalizers('a/b')],
  ['another field', (object) => object.metadata.add('generateName', 'a-')],
  ['a patch', (object) => object.addJsonPatch(JsonPatch.add('/spec/priority', 1))],
  ['a serialization of its own', (object) => (object.toJson = () => ({ kind: 'Own' }))],
])('changed by %s, they are what cdk8s writes', (_, change) => {
  expect(outcome(FastApp, withEgress(change))).toBe(outcome(App, withEgress(change)));
});

test('resolvers of the user see every value', () => {
  const resolve = (context: any) => {
    if (context.value === 'a.example.com') context.replaceValue('b.example.com');
  };
  const props = { resolvers: [{ resolve }] };
  const written = outcome(
    FastApp,
    withEgress(() => {}),
    props,
  );
  expect(written).toContain('- b.example.com');
  expect(written).toBe(
    outcome(
      App,
      withEgress(() => {}),
      props,
    ),
  );
});

test('CDK8S_DISABLE_SORT holds for them too', () => {
  process.env.CDK8S_DISABLE_SORT = '1';
  try {
    expect(
      outcome(
        FastApp,
        withEgress(() => {}),
      ),
    ).toBe(
      outcome(
        App,
        withEgress(() => {}),
      ),
    );
  } finally {
    delete process.env.CDK8S_DISABLE_SORT;
  }
});

test('any fields come to what cdk8s writes', () => {
  const value = fc.oneof(
    { weight: 4, arbitrary: tree as fc.Arbitrary<any> },
    fc
      .tuple(tree, text)
      .map(([around, inner]) => ({ ...around, lazy: Lazy.any({ produce: () => inner }), none: null })),
    fc.constantFrom<any>({}, [], [null], [undefined], new Date(0), { 10: 'a', 9: 'b' }, { constructor: 'a' }),
    fc.constantFrom<any>(null, undefined, { a: { b: undefined } }, () => 5, JSON.parse('{"__proto__": {"a": 1}}')),
  );
  const props = fc.record({ spec: value, fields: fc.dictionary(fc.constantFrom('data', 'rules', '1'), value) });
  fc.assert(
    fc.property(props, ({ spec, fields }) => {
      const fill = (app: App) =>
        void objectsOf(
          new Chart(app, 'chart'),
          {},
        )({
          kind: 'Service',
          name: 'a',
          spec: () => spec,
          fields,
        });
      expect(outcome(FastApp, fill)).toBe(outcome(App, fill));
    }),
    { numRuns: Number(process.env.RANDOM_APPS ?? 300) },
  );
});
