import './setup';

/** Removes the mesh of the suites. */
export default async function teardown(): Promise<void> {
  await globalThis.meshOfSuites?.down();
}
