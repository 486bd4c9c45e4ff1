import { rmSync } from 'node:fs';
import { NODE, PREFIX, RUN } from './layout';
import { namespaces, removeNamespace } from './network';

/**
 * Removes whatever of a mesh is on this machine, complete or not. Every process of a mesh lives in one of its network namespaces, so
 * they are found by these and nothing else is touched. The node goes first: its kubelet would bring the others back.
 */
export async function teardown(): Promise<void> {
  const found = await namespaces(PREFIX);
  if (found.includes(NODE)) await removeNamespace(NODE);
  await Promise.all(found.filter((name) => name !== NODE).map(removeNamespace));
  rmSync(RUN, { recursive: true, force: true });
}
