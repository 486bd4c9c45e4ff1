import { Readable } from 'node:stream';
import { main } from '../../src/cli/main';

/** Runs the program on arguments and standard input. */
export async function program(args: string[], stdin = '') {
  let [out, err] = ['', ''];
  const code = await main(args, {
    out: (text) => (out += text),
    err: (text) => (err += text),
    stdin: () => Readable.from([stdin]),
  });
  return { code, out, err };
}
