import { whatItIs } from '../bed/what';
import { Mesh } from '../world/mesh';

declare global {
  // eslint-disable-next-line no-var
  var meshOfSuites: Mesh | undefined;
}

/** Brings up the mesh that all suites use. It is removed by `teardown.ts`, or when this process ends in any other way. */
export default async function setup(): Promise<void> {
  process.stdout.write(`\n${whatItIs()}\n`);
  globalThis.meshOfSuites = await Mesh.up();
}
