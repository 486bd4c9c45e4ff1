import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App, AppProps, Chart, Lazy, Yaml, YamlOutputType } from 'cdk8s';
import { Construct } from 'constructs';
import { FastApp } from '../../src';
import { OwnObject } from '../../src/mesh/own-object';

type Kind = new (props: AppProps) => App;

const object = (scope: Construct, id: string, spec: unknown = 'a') =>
  new ApiObject(scope, id, { apiVersion: 'v1', kind: 'ConfigMap', ...{ spec } });

const outdir = () => join(mkdtempSync(join(tmpdir(), 'fast-app-')), 'dist');

/** The files of an app, by name. */
function written(Kind: Kind, fill: (app: App) => void, props: AppProps = {}): Record<string, string> {
  const app = new Kind({ ...props, outdir: outdir() });
  fill(app);
  app.synth();
  return Object.fromEntries(
    readdirSync(app.outdir).map((file) => [file, readFileSync(join(app.outdir, file), 'utf8')]),
  );
}

function expectSame(fill: (app: App) => void, props?: AppProps): string[] {
  const files = written(FastApp, fill, props);
  expect(files).toEqual(written(App, fill, props));
  return Object.keys(files);
}

/** Counts the walks through the tree. */
function walks(app: App): number {
  const find = jest.spyOn(app.node, 'findAll');
  app.synth();
  return find.mock.calls.length;
}

test('the tree is walked, validated and searched for dependencies as often with many charts as with one', () => {
  const app = (charts: number) => {
    const made = new FastApp({ outdir: outdir() });
    for (let i = 0; i < charts; i++) object(new Chart(made, `chart-${i}`), 'a');
    return made;
  };
  expect(walks(app(20))).toBe(walks(app(1)));
  const valid = jest.fn(() => []);
  const validated = app(20);
  validated.node.addValidation({ validate: valid });
  validated.synth();
  expect(valid).toHaveBeenCalledTimes(1);
});

test('charts and objects that depend on others come after them', () => {
  const files = expectSame((app) => {
    const [first, second] = ['first', 'second'].map((id) => new Chart(app, id));
    const early = object(first, 'early');
    early.addDependency(object(second, 'other'));
    early.addDependency(object(first, 'late'));
    object(new Chart(second, 'inner'), 'a');
  });
  expect(files.map((file) => file.slice(0, 5))).toEqual(['0000-', '0001-', '0002-']);
});

test('ids that are numbers come where JavaScript puts them', () => {
  expectSame((app) => {
    const chart = new Chart(new Construct(app, '1'), 'below');
    const number = new Chart(app, '2');
    object(chart, '10').addDependency(object(new Chart(app, 'a'), 'z'));
    object(number, '9');
    object(number, '10');
    object(new Chart(app, 'b'), 'a').addDependency(object(number, 'a'));
  });
});

test('what depends on a construct that was removed is left to cdk8s, which goes by its path', () => {
  expectSame((app) => {
    const chart = new Chart(app, 'chart');
    const removed = object(chart, 'b');
    object(chart, 'a').addDependency(removed);
    chart.node.tryRemoveChild('b');
    object(chart, 'b', 'another');
  });
});

test('a chart that a validation adds is written', () => {
  const files = expectSame((app) => {
    const validate = () => {
      if (!app.node.tryFindChild('late')) object(new Chart(app, 'late'), 'a');
      return [];
    };
    app.node.addValidation({ validate });
    new Chart(app, 'early');
  });
  expect(files).toHaveLength(2);
});

test('so is an object that a lazy value adds', () => {
  const files = written(FastApp, (app) => {
    const [first, second] = ['first', 'second'].map((id) => new Chart(app, id));
    const produce = () => (second.node.tryFindChild('late') ?? object(second, 'late')) && 'a';
    object(first, 'a', Lazy.any({ produce }));
  });
  expect(files['second.k8s.yaml']).toContain('second-late');
});

test.each<[string, AppProps]>([
  ['all in one file', { yamlOutputType: YamlOutputType.FILE_PER_APP }],
  ['a file per object', { yamlOutputType: YamlOutputType.FILE_PER_RESOURCE }],
  ['a folder per chart', { yamlOutputType: YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE }],
  ['metadata of constructs', { recordConstructMetadata: true }],
])('%s is left to cdk8s', (_, props) => {
  const plain = jest.spyOn(App.prototype, 'synth');
  const app = new FastApp({ ...props, outdir: outdir() });
  object(new Chart(app, 'chart'), 'a');
  app.synth();
  expect(plain).toHaveBeenCalledTimes(1);
});

test('so is an app that tells its charts in its own way', () => {
  class Fewer extends FastApp {
    public get charts(): Chart[] {
      return super.charts.slice(1);
    }
  }
  const files = written(Fewer, (app) => ['a', 'b'].forEach((id) => new Chart(app, id)));
  expect(Object.keys(files)).toEqual(['b.k8s.yaml']);
});

test('what is not valid is told in the words of cdk8s, and nothing is written', () => {
  const app = new FastApp({ outdir: outdir() });
  const chart = new Chart(app, 'chart');
  chart.node.addValidation({ validate: () => ['this is wrong'] });
  expect(() => app.synth()).toThrow('Validation failed with the following errors:\n  [chart] this is wrong');
  expect(readdirSync(app.outdir)).toEqual([]);
});

test('an object that cannot be serialized leaves no file behind', () => {
  const app = new FastApp({ outdir: outdir() });
  object(new Chart(app, 'first'), 'a');
  object(new Chart(app, 'second'), 'a', new Date());
  expect(() => app.synth()).toThrow(/^Failed serializing construct at path 'second\/a'/);
  expect(existsSync(app.outdir)).toBe(false);
});

test.each(['"', 'a'])('an object of this library that is too large is refused: full of %s', (text) => {
  const app = new FastApp({ outdir: outdir() });
  const spec = () => ({ [text]: Array.from({ length: 1_500 }, (_, index) => text.repeat(1_000) + index) });
  new OwnObject(new Chart(app, 'chart'), 'a', { apiVersion: 'v1', kind: 'Own' }, spec);
  expect(() => app.synth()).toThrow('[HostCount] chart/a');
  expect(existsSync(app.outdir)).toBe(false);
});

test('dependencies in a circle are told in the words of cdk8s', () => {
  const app = new FastApp({ outdir: outdir() });
  const chart = new Chart(app, 'chart');
  const [a, b] = ['a', 'b'].map((id) => object(chart, id));
  a.addDependency(b);
  b.addDependency(a);
  expect(() => app.synth()).toThrow('Dependency cycle detected: chart/a => chart/b => chart/a');
});

test('a value that stands twice in a document of the user is written once and referred to', () => {
  class Own extends ApiObject {
    public toJson() {
      const labels = { a: 'b' };
      return { first: labels, second: labels };
    }
  }
  const fill = (app: App) => void new Own(new Chart(app, 'chart'), 'own', { apiVersion: 'v1', kind: 'Own' });
  expectSame(fill);
  expect(written(FastApp, fill)['chart.k8s.yaml']).toContain('second: *a1');
});

test('objects are written without `Yaml.stringify` but for what it has to say', () => {
  const asked = jest.spyOn(Yaml, 'stringify');
  const app = new FastApp({ outdir: outdir() });
  const chart = new Chart(app, 'chart');
  for (let i = 0; i < 20; i++) object(chart, `object-${i}`, { host: `api-${i}.example.com`, ports: [80], star: '*.a' });
  app.synth();
  expect(asked.mock.calls).toEqual([[{ k: '*.a' }]]);
});
