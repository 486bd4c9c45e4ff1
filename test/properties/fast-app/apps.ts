import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App, AppProps, Chart, Include, IResolver, JsonPatch, Lazy, YamlOutputType } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import fc from 'fast-check';
import { odd, oddTree as anyOddTree, text, tree as anyTree } from './documents';
import { networking } from '../../../src';

/** Random apps: nested charts, dependencies, and all that an object, a chart or an app can be. */

/** What is made below a scope; it may have children. */
type Make = (scope: Construct, id: string) => Construct;

interface Given {
  readonly id: string;
  readonly make: Make;
  readonly children: Given[];
}

export interface GivenApp {
  readonly props: AppProps;
  readonly children: Given[];
  /** Each by numbers of the constructs. */
  readonly dependencies: [number, number][];
}

const rarely = <T>(usual: fc.Arbitrary<T>, ...others: fc.Arbitrary<T>[]) =>
  fc.oneof({ weight: 30, arbitrary: usual }, ...others.map((arbitrary) => ({ weight: 1, arbitrary })));

// A few to choose from: making random trees would take most of the time.
const tree = fc.constantFrom(...fc.sample(anyTree, { numRuns: 300, seed: 1 }));
const oddTree = fc.constantFrom(...fc.sample(anyOddTree, { numRuns: 100, seed: 2 }));

const word = fc.stringMatching(/^[a-z]{1,4}$/);
const names = fc.dictionary(
  word,
  text.map((value) => value.replaceAll('\n', '')),
  { maxKeys: 3 },
);
const metadata = fc.record({ name: word, namespace: word, labels: names, annotations: names }, { requiredKeys: [] });

const patch = rarely(
  tree.map((value) => JsonPatch.add('/spec', value)),
  fc.constant(JsonPatch.copy('/metadata', '/copied')),
  fc.constant(JsonPatch.replace('/kind', 'Other')),
  fc.constant(JsonPatch.remove('/nothing')),
  text.map((value) => JsonPatch.test('/kind', value)),
);

/** Values that cdk8s resolves, that it refuses, and that it leaves out. */
const field = rarely<any>(
  tree,
  tree.map((produced) => Lazy.any({ produce: () => produced })),
  tree.map((produced) => ({ deep: [{ lazy: Lazy.any({ produce: () => produced }) }] })),
  text.map((resolved) => ({ token: { resolve: () => resolved } })),
  fc.constant({
    union: new (class Union {
      public value = 8080;
    })(),
  }),
  fc.tuple(tree, odd).map(([around, inner]) => ({ ...around, inner, list: [inner] })),
  fc.constant(
    Lazy.any({
      produce: () => {
        throw new Error('not produced');
      },
    }),
  ),
);

const objects: fc.Arbitrary<Make> = rarely<Make>(
  fc
    .record({ metadata, spec: field, data: field }, { requiredKeys: ['metadata'] })
    .map((props) => (scope, id) => new ApiObject(scope, id, { apiVersion: 'v1', kind: 'ConfigMap', ...props })),
  fc.tuple(fc.array(patch, { minLength: 1, maxLength: 3 }), field).map(([patches, spec]) => (scope, id) => {
    const object = new ApiObject(scope, id, { apiVersion: 'a/v1', kind: 'CronJob', ...{ spec } });
    object.addJsonPatch(...patches);
    return object;
  }),
  fc.tuple(oddTree, fc.boolean()).map(([document, extended]) => (scope, id) => {
    class Own extends ApiObject {
      public toJson() {
        return extended ? { ...super.toJson(), ...document } : document;
      }
    }
    return new Own(scope, id, { apiVersion: 'v1', kind: 'Own' });
  }),
  fc
    .array(text, { maxLength: 3 })
    .map((hosts) => (scope, id) => new networking.Sidecar(scope, id, { spec: { egress: [{ hosts }] } })),
);

const url = join(mkdtempSync(join(tmpdir(), 'include-')), 'include.yaml');
writeFileSync(url, 'kind: A\napiVersion: v1\nspec: &a {b: [1]}\nother: *a\n---\n---\nkind: B\napiVersion: v1\n');

const plains: fc.Arbitrary<Make> = rarely<Make>(
  fc.constant((scope, id) => new Construct(scope, id)),
  fc.constant((scope, id) => new Include(scope, id, { url })),
  fc.constant((scope, id) => {
    const construct = new Construct(scope, id);
    construct.node.addValidation({ validate: () => ['not valid', `at ${construct.node.path}`] });
    return construct;
  }),
  fc.constant((scope, id) => {
    const construct = new Construct(scope, id);
    const late = () => new ApiObject(construct, 'late', { apiVersion: 'v1', kind: 'Late' });
    construct.node.addValidation({ validate: () => [...(construct.node.tryFindChild('late') ?? late(), [])] });
    return construct;
  }),
);

const charts: fc.Arbitrary<Make> = rarely<Make>(
  fc
    .record({ namespace: word, labels: names, disableResourceNameHashes: fc.boolean() }, { requiredKeys: [] })
    .map((props) => (scope, id) => new Chart(scope, id, props)),
  fc.tuple(fc.array(oddTree, { maxLength: 2 }), fc.boolean()).map(([documents, extended]) => (scope, id) => {
    class Own extends Chart {
      public toJson() {
        return [...(extended ? super.toJson() : []), ...documents];
      }
    }
    return new Own(scope, id);
  }),
);

const ids = fc.constantFrom('a', 'b', 'c', '10', '2', '1', '01', 'Default', 'a b', 'a/b', 'toString', 'É');

const nested = (depth: number): fc.Arbitrary<Given[]> => {
  const none = fc.constant<Given[]>([]);
  const children = depth > 0 ? nested(depth - 1) : none;
  const inside = (make: fc.Arbitrary<Make>) => fc.record({ id: ids, make, children });
  const object = fc.record({ id: ids, make: objects, children: rarely(none, children) });
  return fc.uniqueArray(fc.oneof({ weight: 3, arbitrary: object }, inside(charts), inside(plains)), {
    selector: ({ id }) => id,
    maxLength: 3,
  });
};

/** Objects need a chart above them. */
const top = fc.uniqueArray(fc.record({ id: ids, make: rarely(charts, plains), children: nested(2) }), {
  selector: ({ id }) => id,
  maxLength: 5,
});

const resolver: IResolver = {
  resolve: (context) => {
    if (context.value === 'a') context.replaceValue('resolved');
  },
};

const props: fc.Arbitrary<AppProps> = rarely<AppProps>(
  fc.constant({}),
  fc.constant({ outputFileExtension: '.yaml' }),
  fc.constant({ resolvers: [resolver] }),
  fc.constant({ recordConstructMetadata: true }),
  fc.constantFrom(...[0, 2, 3].map((yamlOutputType: YamlOutputType) => ({ yamlOutputType }))),
);

/** Most are of what comes earlier on what comes later: others change no order, and circles are refused. */
const dependency = rarely<[number, number]>(
  fc.tuple(fc.nat(30), fc.integer({ min: 1, max: 4 })).map(([source, further]) => [source, source + further]),
  fc.tuple(fc.nat(30), fc.nat(30)),
);

export const givenApp: fc.Arbitrary<GivenApp> = fc.record({
  props,
  children: top,
  dependencies: fc.array(dependency, { maxLength: 4 }),
});

/** Makes it as an App of one class. */
export function fill(app: App, { children, dependencies }: GivenApp): void {
  const made: IConstruct[] = [];
  const below = (scope: Construct, given: Given[]) => {
    for (const one of given) {
      const construct = one.make(scope, one.id);
      made.push(construct);
      below(construct, one.children);
    }
  };
  below(app, children);
  for (const [source, target] of dependencies) {
    if (Math.max(source, target) < made.length) made[source].node.addDependency(made[target]);
  }
}
