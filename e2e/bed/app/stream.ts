import { Answer, Call, bedError } from './call';
import { Trace, open, serverOf } from './connection';

/** Sends bytes on a TCP or TLS connection and reads the first ones that come back. */
export async function stream(call: Call, trace: Trace): Promise<Answer> {
  const { socket, from } = await open(call, undefined, trace);
  try {
    const body = await new Promise<string>((resolve, reject) => {
      socket.once('data', (data) => resolve(data.toString()));
      socket.once('error', reject);
      socket.once('close', () => reject(bedError('BED_CLOSED', 'closed without an answer')));
      if (call.body !== '') socket.write(call.body ?? `hello ${call.id}\n`); // else the server is to speak first
    });
    return { body, tls: serverOf(socket), from };
  } finally {
    socket.destroy();
  }
}
