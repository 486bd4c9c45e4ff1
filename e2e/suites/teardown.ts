import './setup';

/** Removes the meshes of the suites. */
export default async function teardown(): Promise<void> {
  const ends = (globalThis.bedsOfSuites ?? []).map(async (bed) => {
    const gone = new Promise((resolve) => bed.once('exit', resolve));
    bed.stdin?.end();
    if (bed.exitCode === null) await gone;
  });
  await Promise.all(ends);
}
