/**
 * Puts the compiled files that nearly every app loads into one, `lib/src/modules.js`: Node takes as long to find and open a hundred
 * files as all of them take to do their work. Each still runs when something of it is first read, and there is still one of it: what
 * is left of the file itself gives what the one file has.
 *
 * Where a file asks for one of those, as `require("../mesh/mesh")`, there is afterwards `require("../modules")("mesh/mesh")`, and in
 * the one file `$module("mesh/mesh")`.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';

const LIB = join(__dirname, '../lib/src');

/** What nearly every app loads, with all that these files need. */
const USUAL = [
  'fast-app/fast-app',
  'gateway/egress-gateway',
  'pattern/http-egress',
  'pattern/tcp-egress',
  'pattern/tls-origination-egress',
  'pattern/tls-passthrough-egress',
];

const REQUIRE = /\brequire\("(\.[^"]+)"\)/g;

const ONE_FILE = (functions: string) => `"use strict";
const loaded = new Map();
function $module(name) {
    const known = loaded.get(name);
    if (known) return known;
    const exports = {};
    loaded.set(name, exports);
    MODULES[name](exports);
    return exports;
}
module.exports = $module;
const MODULES = {
${functions}
};
`;

/** What the compiler makes of files of src/, by their names without ".js". */
type Files = ReadonlyMap<string, string>;

/**
 * The files that become other ones: the one file, under the name "modules", what stands in it, and what the index needs besides.
 * @param usual What stands in the one file, with all that it needs
 */
export function together(files: Files, usual: string[]): Map<string, string> {
  const inside = reachable(files, usual);
  if (inside.has('modules')) throw new Error('these files are put together already: compile them first');
  const others = [...reachable(files, ['index'])].filter((name) => !inside.has(name));
  const functions = [...inside].map((name) => moduleFunction(files, name));
  return new Map([
    ['modules', ONE_FILE(functions.join('\n'))],
    ...[...inside].map((name): [string, string] => [name, `module.exports = ${fromOneFile(name, name)};\n`]),
    ...others.map((name): [string, string] => [name, askingOneFile(files, name, inside)]),
  ]);
}

function moduleFunction(files: Files, name: string): string {
  const text = withoutComments(files.get(name)!).replace(REQUIRE, (_, path) => {
    const asked = nameOf(files, name, path);
    return files.has(asked) ? `$module("${asked}")` : `require("${asked}")`;
  });
  return `"${name}"(exports) {\n${text}},`;
}

function askingOneFile(files: Files, name: string, inside: Set<string>): string {
  return files.get(name)!.replace(REQUIRE, (whole, path) => {
    const asked = nameOf(files, name, path);
    return inside.has(asked) ? fromOneFile(name, asked) : whole;
  });
}

/** How a file asks the one file for another. */
function fromOneFile(name: string, asked: string): string {
  return `require("${'../'.repeat(name.split('/').length - 1) || './'}modules")("${asked}")`;
}

function reachable(files: Files, names: string[], found = new Set<string>()): Set<string> {
  for (const name of names.filter((each) => files.has(each) && !found.has(each))) {
    found.add(name);
    const asked = [...files.get(name)!.matchAll(REQUIRE)].map(([, path]) => nameOf(files, name, path));
    reachable(files, asked, found);
  }
  return found;
}

/** The name of what a file asks for; for the generated L1, which is no file of src/, its path from there. */
function nameOf(files: Files, name: string, path: string): string {
  const asked = posix.join(posix.dirname(name), path);
  return files.has(`${asked}/index`) ? `${asked}/index` : asked;
}

function withoutComments(text: string): string {
  const compilerOptions = { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022, removeComments: true };
  return transpileModule(text, { compilerOptions }).outputText;
}

function compiledFiles(): Files {
  const names = readdirSync(LIB, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.js'))
    .map((path) => path.slice(0, -'.js'.length).replaceAll('\\', '/'));
  return new Map(names.map((name) => [name, readFileSync(join(LIB, `${name}.js`), 'utf8')]));
}

if (require.main === module) {
  for (const [name, text] of together(compiledFiles(), USUAL)) {
    writeFileSync(join(LIB, `${name}.js`), text);
    // It is of the text that the compiler wrote.
    rmSync(join(LIB, `${name}.js.map`), { force: true });
  }
}
