/**
 * Holds the machine's only mesh for the harness that started it, and removes that mesh when the harness ends, however it ends: this
 * process shares nothing with it but a pipe, and the pipe closes on exit, on Ctrl-C and on `kill -9` alike. It runs under `flock`, so
 * the lock is free again only when everything is gone.
 */
import { teardown } from './teardown';

async function main() {
  await teardown(); // what a machine that lost power left
  process.stdout.write('ready\n');
  for await (const _ of process.stdin); // until the harness is gone
  if (process.env.KEEP_MESH !== '1') await teardown();
}

process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => undefined);
process.stdout.on('error', () => undefined);
void main();
