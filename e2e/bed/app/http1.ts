import { IncomingMessage, request } from 'node:http';
import { Answer, Call, bedError } from './call';
import { Trace, open, serverOf } from './connection';
import { frame, unframe } from './websocket';

function strings(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

async function bodyOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** An HTTP/1.1 request on a connection of its own. */
export async function http1(call: Call, trace: Trace): Promise<Answer> {
  const { socket, url, from } = await open(call, ['http/1.1'], trace);
  const isWebSocket = /^wss?:/.test(call.url);
  const upgrade = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'YmVkYmVkYmVkYmVkYmVkYg==',
  };
  const outgoing = request({
    createConnection: () => socket,
    method: call.method ?? 'GET',
    path: call.target ?? `${url.pathname}${url.search}`,
    setHost: false,
    headers: {
      host: url.host,
      connection: 'close',
      ...(isWebSocket && upgrade),
      'x-bed-call': call.id,
      ...call.headers,
    },
  });
  // Node would write it in upper case.
  if (call.method) outgoing.method = call.method;
  for (const [name, value] of call.lines ?? []) outgoing.appendHeader(name, value);
  try {
    const response = await new Promise<{ message: IncomingMessage; body?: string }>((resolve, reject) => {
      outgoing.once('response', (message) => resolve({ message }));
      outgoing.once('upgrade', (message, stream, head) => {
        if (head.length) stream.unshift(head);
        // One message there, its echo back, and an orderly end.
        stream.write(frame(call.body ?? 'hello'));
        stream.once('data', (data: Buffer) => resolve({ message, body: unframe(data) }));
      });
      outgoing.once('error', reject);
      socket.once('close', () => reject(bedError('BED_CLOSED', 'closed without a response')));
      if (call.upload) sendBytes(call.upload, outgoing);
      else outgoing.end(call.body && !isWebSocket ? call.body : undefined);
    });
    const { message } = response;
    return {
      status: message.statusCode,
      http: message.httpVersion,
      headers: strings(message.headers),
      body: response.body ?? (await bodyOf(message)),
      trailers: strings(message.trailers),
      tls: serverOf(socket),
      from,
    };
  } finally {
    socket.destroy();
  }
}

const CHUNK = Buffer.alloc(64 * 1024, 'x');

/** Writes a large body as fast as the other side takes it. */
export function sendBytes(bytes: number, to: NodeJS.WritableStream): void {
  let left = bytes;
  const more = () => {
    while (left > 0) {
      const size = Math.min(left, CHUNK.length);
      left -= size;
      if (!to.write(CHUNK.subarray(0, size))) {
        to.once('drain', more);
        return;
      }
    }
    to.end();
  };
  more();
}
