import { Answer, Call, bedError, failureOf } from './call';
import { Trace, open, serverOf } from './connection';

/**
 * Sends bytes on a TCP or TLS connection and reads until they come back in the server's answer: a server that speaks first may be heard
 * before that, also by a caller who is then cut off. With an empty `body` the server is to speak first, and that is the answer; with
 * `listen` everything that it says in that time is.
 */
export async function stream(call: Call, trace: Trace): Promise<Answer> {
  const { socket, from } = await open(call, undefined, trace);
  const sent = call.listen ? '' : (call.body ?? `hello ${call.id}\n`);
  const heard: Buffer[] = [];
  const text = () => Buffer.concat(heard).toString();
  const received = () => Buffer.concat(heard).length;
  try {
    await new Promise<void>((resolve, reject) => {
      const silent = () => reject(bedError('BED_TIMEOUT', `nothing was said in ${call.listen} ms`));
      if (call.listen) setTimeout(() => (heard.length ? resolve() : silent()), call.listen);
      socket.on('data', (data) => {
        heard.push(data);
        if (!call.listen && text().includes(sent)) resolve();
      });
      socket.once('error', reject);
      socket.once('close', () => reject(bedError('BED_CLOSED', 'closed without an answer')));
      if (sent) socket.write(sent);
    });
    return { body: text(), received: received(), tls: serverOf(socket), from };
  } catch (error) {
    const { message } = error as Error;
    return { failure: failureOf(error as Error), message, body: text() || undefined, received: received(), from };
  } finally {
    socket.destroy();
  }
}
