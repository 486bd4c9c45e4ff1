/** Prints those of the given TCP ports, `address:port`, from which anything comes back: a connection, or a refusal of the other side. */
import { connect } from 'node:net';
import { becomeProxy } from './user';

/** Longer than one more try of a packet that got lost. */
const PATIENCE = 1500;

async function answers(target: string): Promise<boolean> {
  const [host, port] = target.split(':');
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), timeout: PATIENCE });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', () => end(true));
    socket.on('timeout', () => end(false));
    socket.on('error', (error: NodeJS.ErrnoException) => end(error.code === 'ECONNREFUSED'));
  });
}

async function main(targets: string[]) {
  const found = await Promise.all(targets.map(async (target) => ((await answers(target)) ? [target] : [])));
  process.stdout.write(JSON.stringify(found.flat()));
}

becomeProxy();
void main(process.argv.slice(2));
