/**
 * Takes the API as it is compiled for the one that later ones may not break: `npm run compat` compares, with jsii-diff. Written is
 * what jsii-diff reads: of documentation how stable a thing is, and nothing of the generated L1, which follows Istio's own API.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');

const read = (file: string) => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
const write = (file: string, content: unknown) =>
  writeFileSync(join(ROOT, file), `${JSON.stringify(content, readByDiff, 1)}\n`);

const { schema, name, version, dependencies, submodules, types } = read('.jsii');
const l1 = Object.entries<{ symbolId: string }>(submodules)
  .filter(([, { symbolId }]) => symbolId.startsWith('imports/'))
  .map(([module]) => module);
const handWritten = (all: object) =>
  Object.fromEntries(Object.entries(all).filter(([each]) => !l1.some((module) => `${each}.`.startsWith(`${module}.`))));

write('.api/.jsii', {
  schema,
  name,
  version,
  dependencies,
  submodules: handWritten(submodules),
  types: handWritten(types),
});
// It finds the assemblies of dependencies by this, which has no name: for Jest, two packages of one name are none.
write('.api/package.json', { private: true, peerDependencies: dependencies, jsii: {} });
writeFileSync(
  join(ROOT, '.compatignore'),
  '# Breaking changes of the API that are meant, by the keys that `npm run compat` prints.\n',
);

function readByDiff(key: string, value: any): unknown {
  if (key === 'docs') return { stability: value.stability, deprecated: value.deprecated };
  return key === 'locationInModule' || key === 'symbolId' ? undefined : value;
}
