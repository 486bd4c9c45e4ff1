import { Socket } from 'node:net';
import { InternetPort, InternetRecord } from './record';

/** Milliseconds between two rows. */
const PACE = 10;

/** What a server says by itself, while its connection is open; counts what has left in the connection's record. */
function speakFirst(socket: Socket, { greets, streams }: InternetPort, connection: InternetRecord) {
  const { server } = connection;
  const say = (text: string) =>
    socket.write(text, (error) => !error && (connection.sent = (connection.sent ?? 0) + text.length));
  if (greets) say(`${server} greets\n`);
  if (!streams) return;
  let row = 0;
  const next = () => {
    if (!socket.writableNeedDrain) say(`row ${row++} of ${server}\n`);
  };
  next();
  const timer = setInterval(next, PACE);
  socket.once('close', () => clearInterval(timer));
}

/** Speaks a protocol without form: the server's own words first, where it has any, and an answer to whatever comes. */
export function speakRaw(
  socket: Socket,
  port: InternetPort,
  connection: InternetRecord,
  sink: (record: InternetRecord) => void,
): void {
  speakFirst(socket, port, connection);
  socket.on('data', (data) => {
    const call = /^hello (\S+)/.exec(data.toString())?.[1];
    sink({ ...connection, sent: undefined, at: Date.now(), kind: 'data', call, bytes: data.length });
    socket.write(`${connection.server} got ${data.toString()}`);
  });
}
