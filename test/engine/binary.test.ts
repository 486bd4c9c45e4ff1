import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineBinary, ownVersion, PACKAGE } from '../../src/engine/binary';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'binary-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const OWN = `${PACKAGE}-${process.platform}-${process.arch}`;

function installed(name: string, version = ownVersion(), below = '') {
  const at = join(folder, below, 'node_modules', name);
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, 'package.json'), JSON.stringify({ name, version }));
  return at;
}

test.each([
  ['beside', ''],
  ['below', `node_modules/${PACKAGE}`],
])('is that of the package for this platform, %s the one that depends on it', (_, below) => {
  installed(PACKAGE);
  const own = installed(OWN, ownVersion(), below);
  expect(engineBinary({}, [folder])).toBe(join(own, 'bin/engine'));
});

test('is what the environment names', () => {
  installed(PACKAGE);
  installed(OWN);
  const named = join(folder, 'mine');
  expect(() => engineBinary({ CDK8S_ISTIO_EGRESS_ENGINE: named }, [folder])).toThrow(
    `names a file that is not there: ${named}`,
  );
  writeFileSync(named, '');
  expect(engineBinary({ CDK8S_ISTIO_EGRESS_ENGINE: named }, [folder])).toBe(named);
});

test.each([
  ['there is no package', () => undefined, /^[^\n]*: npm install --save-dev cdk8s-istio-egress-engine$/],
  ['there is none for this platform', () => installed(PACKAGE), /^[^\n]* has no binary for [^\n]*$/],
  [
    'it is of another version',
    () => installed(PACKAGE, '9.9.9'),
    /^[^\n]*npm install --save-dev cdk8s-istio-egress-engine@\d[^\n]*$/,
  ],
])('one line says what to do where %s', (_, prepare, message) => {
  prepare();
  expect(() => engineBinary({}, [folder])).toThrow(message);
});
