import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The package that brings the engine: it depends on one for each platform, of which npm installs the one that fits. */
export const PACKAGE = 'cdk8s-istio-egress-engine';

/** Names the binary in place of that of a package, as whoever builds it himself does. */
export const VARIABLE = 'CDK8S_ISTIO_EGRESS_ENGINE';

/** The name of the binary within its package. */
export const binaryName = (platform: string): string => (platform === 'win32' ? 'engine.exe' : 'engine');

/**
 * Finds the engine: the binary that the environment names, else that of the package beside this one, else beside the working directory.
 * @throws Error of one line, which says how to get it
 */
export function engineBinary(environment: NodeJS.ProcessEnv = process.env, from = [__dirname, process.cwd()]): string {
  const named = environment[VARIABLE];
  if (named) {
    if (existsSync(named)) return named;
    throw new Error(`${VARIABLE} names a file that is not there: ${named}`);
  }
  const main = resolved(`${PACKAGE}/package.json`, from);
  if (main === undefined) {
    throw new Error(`This needs istiod's generator, which is a package of its own: npm install --save-dev ${PACKAGE}`);
  }
  checkVersion(main);
  const { platform, arch } = process;
  const own = resolved(`${PACKAGE}-${platform}-${arch}/package.json`, [dirname(main)]);
  if (own === undefined) {
    throw new Error(
      `${PACKAGE} has no binary for ${platform}-${arch} here: there is none, or npm was told to omit optional dependencies`,
    );
  }
  return join(dirname(own), 'bin', binaryName(platform));
}

/** Questions and answers have no version of their own. */
function checkVersion(file: string): void {
  const { version } = JSON.parse(readFileSync(file, 'utf8'));
  const ours = ownVersion();
  if (version === ours) return;
  throw new Error(
    `${PACKAGE} ${version} is not for cdk8s-istio-egress ${ours}: npm install --save-dev ${PACKAGE}@${ours}`,
  );
}

/** The version of this package, whose manifest is above the sources, and above what is compiled. */
export function ownVersion(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')).version;
  }
  throw new Error('cdk8s-istio-egress has lost its package.json');
}

function resolved(file: string, paths: string[]): string | undefined {
  try {
    return require.resolve(file, { paths });
  } catch {
    return undefined;
  }
}
