import { spawnSync } from 'node:child_process';
import { VARIABLE } from '../src/engine/binary';
import { engine } from '../tools/engine';

/** Before all tests: the engine, built once for its sources. Without Go, the tests that ask it fail, and say that it is not there. */
export default async function setup(): Promise<void> {
  if (process.env[VARIABLE]) return;
  if (spawnSync('go', ['version']).error) {
    process.stderr.write('There is no Go: the tests that ask the engine will fail.\n');
  } else {
    process.env[VARIABLE] = await engine();
  }
}
