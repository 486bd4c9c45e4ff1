/** Synthesizes every example into `dist/<example>`, writes what it needs besides into `install/<example>`, and prints what it says. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DIST, EXAMPLES, INSTALL, synthesize } from './examples';

for (const folder of [DIST, INSTALL]) rmSync(folder, { recursive: true, force: true });
for (const example of EXAMPLES) {
  const lines = synthesize(example, join(DIST, example), join(INSTALL, example));
  console.log(`${example}:\n${lines.replace(/^/gm, '  ').trimEnd()}`);
}
