import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Renamed } from '../../src/mesh/plain';

const IMPORTS = join(__dirname, '../../imports');

/** The compiler refuses this list if it is another one than the type's. */
const RENAMED: Renamed = {
  consecutive5XxErrors: 'consecutive5xxErrors',
  jwksUri: 'jwks_uri',
  mirrorPercent: 'mirror_percent',
  wellKnownCaCertificates: 'wellKnownCACertificates',
};

test('every field that has another name in the generated code is known', () => {
  const code = readdirSync(IMPORTS).map((file) => readFileSync(join(IMPORTS, file), 'utf8'));
  // As toJson_…() writes them: 'name in YAML': … obj.name
  const fields = code.flatMap((text) => [...text.matchAll(/^ {4}'([^']+)': .*?\bobj\.(\w+)/gm)]);
  const renamed = fields.flatMap(([, yaml, generated]) => (yaml === generated ? [] : [[generated, yaml]]));
  expect(fields.length).toBeGreaterThan(1000);
  expect(Object.fromEntries(renamed)).toEqual(RENAMED);
});
