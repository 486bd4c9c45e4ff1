/**
 * Has the compiled `lib/src/index.js` load a file when something of it is first read: whoever imports the package pays for what he
 * uses, and for the generated L1 only with `networking` and its like. The compiler knows no such exports.
 *
 * Where the compiler writes
 *
 *     var mesh_1 = require("./mesh/mesh");
 *     Object.defineProperty(exports, "Mesh", { enumerable: true, get: function () { return mesh_1.Mesh; } });
 *
 * there is afterwards
 *
 *     later("Mesh", () => require("./mesh/mesh").Mesh);
 *
 * The list of names at the top of the file, `exports.Mesh = … = void 0`, stays. Node tells ES modules from it what they can import. It
 * would take a name out again for which it reads a `defineProperty` whose getter does more than return a field: hence the function.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = join(__dirname, '../lib/src/index.js');

/** The first line of `export { Mesh } from './mesh/mesh'`. */
const IMPORT = /^var (\w+) = (require\(".+"\));\n/gm;

/** The other lines of it, one for each name. */
const EXPORT = /^Object\.defineProperty\(exports, ("\w+"), .* return (\w+)\.(\w+); } }\);$/gm;

/** `export * as networking from '…'`. What `__importStar` gives is the file's own exports, since all files are marked as ES modules. */
const NAMESPACE = /^exports\.(\w+) = __importStar\((require\(".+"\))\);$/gm;

const LATER = `
function later(name, load) {
    const keep = (value) => Object.defineProperty(exports, name, { enumerable: true, value })[name];
    Object.defineProperty(exports, name, { enumerable: true, configurable: true, get: () => keep(load()) });
}
`;

/** @param index What the compiler makes of `src/index.ts` */
export function lazy(index: string): string {
  const imports = new Map([...index.matchAll(IMPORT)].map(([, name, required]) => [name, required]));
  const result = index
    .replace(IMPORT, '')
    .replace(EXPORT, (_, name, file, member) => `later(${name}, () => ${imports.get(file)}.${member});`)
    .replace(NAMESPACE, 'later("$1", () => $2);');
  const eager = result.split('\n').filter((line) => line.includes('require(') && !line.startsWith('later('));
  if (imports.size === 0 || eager.length > 0) {
    throw new Error(`what src/index.ts exports, the compiler writes in a way that is not known here: ${eager}`);
  }
  return result + LATER;
}

if (require.main === module) writeFileSync(FILE, lazy(readFileSync(FILE, 'utf8')));
