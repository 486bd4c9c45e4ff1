/** Brings up the mesh of one worker and keeps it until standard input closes, however whoever started this ends. */
import { Mesh } from '../world/mesh';

async function main() {
  const mesh = await Mesh.up();
  process.stdout.write('up\n');
  for await (const _ of process.stdin); // until the suites are done
  await mesh.down();
}

// Ctrl-C is for jest, which closes the input then.
process.on('SIGINT', () => undefined);
process.stdout.on('error', () => undefined);
main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
