import { createSocket } from 'node:dgram';
import { Answer, Call } from './call';
import { Trace } from './connection';

/** Sends one datagram and reads the answer. */
export async function datagram(call: Call, trace: Trace): Promise<Answer> {
  const { hostname, port } = new URL(call.url);
  const socket = createSocket('udp4');
  trace.end = () => socket.close();
  return new Promise<Answer>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('message', (data) => resolve({ body: data.toString() }));
    socket.send(
      call.body ?? `hello ${call.id}\n`,
      Number(call.connectTo?.port ?? port),
      call.connectTo?.host ?? hostname,
    );
  });
}
