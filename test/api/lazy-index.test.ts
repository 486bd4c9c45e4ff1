import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import * as library from '../../src';
import { lazy } from '../../tools/lazy-index';

const SOURCE = join(__dirname, '../../src');

const compiled = (source: string) =>
  transpileModule(source, { compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 } }).outputText;

const index = compiled(readFileSync(join(SOURCE, 'index.ts'), 'utf8'));

/** Runs the index as it is published, and writes down which files it reads. */
function imported() {
  const exports: Record<string, any> = {};
  const read: string[] = [];
  const load = (file: string) => {
    read.push(file);
    return jest.requireActual(join(SOURCE, file));
  };
  new Function('exports', 'require', lazy(index))(exports, load);
  return { exports, read };
}

test('an import alone loads no file', () => {
  expect(imported().read).toEqual([]);
});

test('what is read loads the file that it is in, once', () => {
  const { exports, read } = imported();
  expect(exports.networking.Sidecar).toBe(library.networking.Sidecar);
  expect(exports.networking).toBe(exports.networking);
  expect(exports.Mesh).toBe(library.Mesh);
  expect(read).toEqual(['../imports/networking.istio.io', './mesh/mesh']);
});

test('it exports what the source does, by names that can be listed', () => {
  const { exports } = imported();
  expect(Object.keys(exports).sort()).toEqual(Object.keys(library).sort());
  for (const name of Object.keys(library)) expect(exports[name]).toBe(library[name as keyof typeof library]);
});

test.each(["export * from './mesh/mesh';", "import './mesh/mesh';", "import { Mesh } from './mesh/mesh'; new Mesh();"])(
  'what would load at once is refused: %s',
  (source) => expect(() => lazy(compiled(source))).toThrow('in a way that is not known here'),
);
