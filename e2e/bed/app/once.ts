/** Makes one call as the proxy's user, and prints what came of it. */
import { readFileSync } from 'node:fs';
import { answer } from './answer';
import { Call } from './call';
import { becomeProxy } from './user';

const call = JSON.parse(readFileSync(0, 'utf8')) as Call;

becomeProxy();
void answer(call).then((result) => {
  process.stdout.write(JSON.stringify(result), () => process.exit());
});
