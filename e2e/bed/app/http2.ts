import { ClientHttp2Session, connect } from 'node:http2';
import { Answer, Call, bedError } from './call';
import { Trace, open, serverOf } from './connection';
import { sendBytes } from './http1';

/** A gRPC message: not compressed, its length, its bytes. */
export function grpcMessage(text: string): Buffer {
  const payload = Buffer.from(text);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, payload]);
}

function strings(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/** Header lines of one connection, which no HTTP/2 request has. */
const OF_THE_CONNECTION = [
  'connection',
  'upgrade',
  'keep-alive',
  'proxy-connection',
  'http2-settings',
  'transfer-encoding',
];

/** Names in lower case, with all that is said of each. */
function linesOf({ lines = [] }: Call): Record<string, string | string[]> {
  const all: Record<string, string | string[]> = {};
  for (const [given, value] of lines) {
    const name = given.toLowerCase();
    if (OF_THE_CONNECTION.includes(name)) continue;
    all[name] = name in all ? [all[name], value].flat() : value;
  }
  return all;
}

/** An HTTP/2 request, prior knowledge without TLS; with a `grpc` URL a unary gRPC call. */
export async function http2(call: Call, trace: Trace): Promise<Answer> {
  const { socket, url, from } = await open(call, ['h2'], trace);
  const isGrpc = /^grpcs?:/.test(call.url);
  const scheme = /^(https|grpcs):/.test(call.url) ? 'https' : 'http';
  let session: ClientHttp2Session | undefined;
  try {
    return await new Promise<Answer>((resolve, reject) => {
      session = connect(`${scheme}://${url.host}`, { createConnection: () => socket });
      session.once('error', reject);
      session.once('close', () => reject(bedError('BED_CLOSED', 'closed without a response')));
      const grpc = { 'content-type': 'application/grpc', te: 'trailers' };
      const { host, ...headers } = call.headers ?? {};
      const stream = session.request({
        ':method': isGrpc ? 'POST' : (call.method ?? 'GET'),
        ':path': call.target ?? `${url.pathname}${url.search}`,
        ':authority': host ?? url.host,
        ...(isGrpc && grpc),
        'x-bed-call': call.id,
        ...headers,
        ...linesOf(call),
      });
      let answer: Answer = { http: '2.0', from, tls: serverOf(socket) };
      const chunks: Buffer[] = [];
      stream.once(
        'response',
        ({ ':status': status, ...rest }) => (answer = { ...answer, status, headers: strings(rest) }),
      );
      stream.once('trailers', (trailers) => (answer = { ...answer, trailers: strings(trailers) }));
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.once('error', reject);
      stream.once('end', () => {
        const body = Buffer.concat(chunks);
        if (answer.status) resolve({ ...answer, body: (isGrpc ? body.subarray(5) : body).toString() });
      });
      if (call.upload) sendBytes(call.upload, stream);
      else stream.end(isGrpc ? grpcMessage(call.body ?? 'hello') : call.body);
    });
  } finally {
    session?.destroy();
    socket.destroy();
  }
}
