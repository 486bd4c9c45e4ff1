/** Synthesizes every example into `dist/<example>` and prints what each says. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DIST, EXAMPLES, synthesize } from './examples';

rmSync(DIST, { recursive: true, force: true });
for (const example of EXAMPLES) {
  const lines = synthesize(example, join(DIST, example));
  console.log(`${example}:\n${lines.replace(/^/gm, '  ').trimEnd()}`);
}
