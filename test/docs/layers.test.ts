import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { Linter } from 'eslint';
import { preProcessFile } from 'typescript';
import { LAYERS, layerOf, mayImport, WITHOUT_CONSTRUCTS, ZONES } from '../../tools/layers';

const ROOT = resolve(__dirname, '../..');
const SRC = join(ROOT, 'src');

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

/** What a file of `src/` imports of the repository, types too. */
const importsOf = new Map(
  files.map((file) => [
    file,
    preProcessFile(readFileSync(join(SRC, file), 'utf8'))
      .importedFiles.map(({ fileName }) => fileName)
      .filter((name) => name.startsWith('.'))
      .map((name) => resolve(SRC, dirname(file), name))
      .map((path) => relative(SRC, existsSync(`${path}.ts`) ? `${path}.ts` : join(path, 'index.ts'))),
  ]),
);

test('each layer stands above earlier ones', () => {
  LAYERS.forEach(({ above }, index) => {
    const earlier = LAYERS.slice(0, index).map(({ folder }) => folder);
    expect(earlier).toEqual(expect.arrayContaining([...above]));
  });
});

test('each folder is a layer, or all of it belongs to one', () => {
  const outside = files.filter((file) => {
    const layer = layerOf(file);
    const hasLayers = LAYERS.some(({ folder }) => folder.startsWith(`${layer?.folder}/`));
    return layer === undefined || (hasLayers && dirname(file) !== layer.folder);
  });
  expect(outside).toEqual([]);
});

test('what is against the order is still imported', () => {
  const listed = LAYERS.flatMap(({ folder, againstTheOrder = [] }) => againstTheOrder.map((file) => [folder, file]));
  const imported = files.flatMap((file) => importsOf.get(file)!.map((other) => [layerOf(file)!.folder, other]));
  expect(imported).toEqual(expect.arrayContaining(listed));
});

test('no file imports itself over others', () => {
  const reached = (from: string, seen = new Set<string>()): Set<string> => {
    for (const file of importsOf.get(from) ?? []) if (!seen.has(file)) reached(file, seen.add(file));
    return seen;
  };
  expect(files.filter((file) => reached(file).has(file)).sort()).toEqual([]);
});

describe('the linter', () => {
  const config = JSON.parse(readFileSync(join(ROOT, '.eslintrc.json'), 'utf8').replace(/^\/\/.*/, ''));
  const rule = 'import/no-restricted-paths';
  const linter = new Linter({ configType: 'eslintrc' });
  linter.defineRule(rule, require('eslint-plugin-import').rules['no-restricted-paths']); // eslint-disable-line @typescript-eslint/no-require-imports

  /** Any file of a layer. */
  const some = ({ folder }: { folder: string }) =>
    folder === 'imports'
      ? '../imports/networking.istio.io.ts'
      : files.find((file) => file !== 'index.ts' && layerOf(file)!.folder === folder)!;

  test('has the rules that are made of the layers', () => {
    expect(config.rules[rule]).toEqual(['error', { zones: ZONES }]);
    expect(config.overrides).toContainEqual(expect.objectContaining({ files: WITHOUT_CONSTRUCTS }));
  });

  test.each(LAYERS.filter(({ folder }) => folder !== 'imports').map((layer) => [layer.folder, layer] as const))(
    'lets %s import what it may, and nothing else',
    (_, layer) => {
      const from = some(layer);
      const refused = [...LAYERS.map(some), 'index.ts'].filter((file) => {
        const text = `import '${relative(dirname(join(SRC, from)), join(SRC, file)).replace(/^(?!\.)/, './')}';`;
        const found = linter.verify(
          text,
          {
            parserOptions: { ecmaVersion: 2022, sourceType: 'module' },
            settings: { 'import/resolver': { node: {} } },
            rules: { [rule]: config.rules[rule] },
          },
          { filename: join(SRC, from) },
        );
        return found.length > 0;
      });
      const allowed = [layer.folder, ...mayImport(layer)];
      const others = LAYERS.filter(({ folder }) => !allowed.includes(folder)).map(some);
      expect(refused).toEqual([...others.filter((file) => !layer.againstTheOrder?.includes(file)), 'index.ts']);
    },
  );
});
