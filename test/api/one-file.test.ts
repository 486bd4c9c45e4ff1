import { together } from '../../tools/one-file';

const FILES = new Map(
  Object.entries({
    index: 'exports.usual = require("./deep/usual").usual; exports.seldom = require("./seldom").seldom;',
    'deep/usual': 'const base_1 = require("../base"); exports.usual = () => base_1.base; // Not sent.',
    base: 'require("./assertions"); const l1 = require("../imports/l1"); exports.base = { l1 };',
    'assertions/index': 'exports.assertions = true;',
    seldom: 'const base_1 = require("./base"); exports.seldom = () => base_1.base;',
    'cli/command': 'exports.base = require("../base").base;',
  }),
);

/** Runs the index as Node does, and writes down which files it opens. */
function run(files: Map<string, string>) {
  const opened = new Map<string, { exports: any }>([['../imports/l1', { exports: 'the L1' }]]);
  const require = (path: string) => {
    const module = opened.get(path) ?? { exports: {} };
    if (opened.size < opened.set(path, module).size) {
      new Function('module', 'exports', 'require', files.get(path.slice('./'.length))!)(
        module,
        module.exports,
        require,
      );
    }
    return module.exports;
  };
  return { index: require('./index'), opened: [...opened.keys()], require };
}

test('what is usual stands in one file, with all that it needs, and everything else asks for it there', () => {
  const changed = together(FILES, ['deep/usual']);
  expect([...changed.keys()]).toEqual(['modules', 'deep/usual', 'base', 'assertions/index', 'index', 'seldom']);
  expect(changed.get('modules')).not.toContain('Not sent');
});

test('each file runs once, and the L1 is found', () => {
  const { index, opened, require } = run(together(FILES, ['deep/usual']));
  expect(index.usual()).toEqual({ l1: 'the L1' });
  expect(index.seldom()).toBe(index.usual());
  expect(opened).toEqual(['../imports/l1', './index', './modules', './seldom']);
  expect(require('./base').base).toBe(index.usual());
});

test('from a folder, a file asks for the one file above', () => {
  const files = new Map([
    ...FILES,
    ['index', 'require("./far/away/file");'],
    ['far/away/file', 'require("../../base");'],
  ]);
  expect(together(files, ['base']).get('far/away/file')).toBe('require("../../modules")("base");');
});

test('what is put together already is not put together again', () => {
  const changed = together(FILES, ['deep/usual']);
  expect(() => together(new Map([...FILES, ...changed]), ['deep/usual'])).toThrow('compile them first');
});
