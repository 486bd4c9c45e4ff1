import { Answer, Call, bedError, failureOf } from './call';
import { Trace, open, serverOf } from './connection';

/**
 * Sends bytes on a TCP or TLS connection and reads until they come back in the server's answer: a server that speaks first may be heard
 * before that, also by a caller who is then cut off. With an empty `body` the server is to speak first, and that is the answer.
 */
export async function stream(call: Call, trace: Trace): Promise<Answer> {
  const { socket, from } = await open(call, undefined, trace);
  const sent = call.body ?? `hello ${call.id}\n`;
  let heard = '';
  try {
    await new Promise<void>((resolve, reject) => {
      socket.on('data', (data) => {
        heard += data.toString();
        if (heard.includes(sent)) resolve();
      });
      socket.once('error', reject);
      socket.once('close', () => reject(bedError('BED_CLOSED', 'closed without an answer')));
      if (sent) socket.write(sent);
    });
    return { body: heard, tls: serverOf(socket), from };
  } catch (error) {
    return { failure: failureOf(error as Error), message: (error as Error).message, body: heard || undefined, from };
  } finally {
    socket.destroy();
  }
}
