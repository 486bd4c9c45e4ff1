import { createHash } from 'node:crypto';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { grpcMessage } from '../app/http2';
import { serverFrame, unframe } from '../app/websocket';

type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

async function digest(request: Request): Promise<{ bytes: number; text: string }> {
  let bytes = 0;
  const head: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) {
    if (bytes < 4096) head.push(chunk);
    bytes += chunk.length;
  }
  return { bytes, text: Buffer.concat(head).toString('utf8') };
}

/**
 * Answers a request: `/status/<code>` with that code, `/redirect/<host>` to another host, `/stream/<count>/<ms>` with lines in that rhythm,
 * anything else with what arrived.
 * Returns the size of the body that came.
 */
export async function respond(request: Request, response: Response): Promise<number> {
  const { bytes } = await digest(request);
  const [, verb, first, second] = (request.url ?? '/').split('?')[0].split('/');
  response.setHeader('x-bed-upstream', 'yes');
  if (verb === 'stream') {
    response.writeHead(200, { 'content-type': 'text/plain' });
    for (let line = 0; line < Number(first); line++) {
      await pause(Number(second));
      (response as ServerResponse).write(`line ${line}\n`);
    }
    response.end();
    return bytes;
  }
  if (verb === 'redirect') {
    response.writeHead(302, { location: `http://${first}/` });
    response.end();
    return bytes;
  }
  response.setHeader('content-type', 'application/json');
  response.statusCode = verb === 'status' ? Number(first) : 200;
  const host = request.headers[':authority'] ?? request.headers.host;
  response.end(JSON.stringify({ host, path: request.url, http: request.httpVersion, bytes, headers: request.headers }));
  return bytes;
}

/** Answers a unary gRPC call with its own message, then trailers. */
export async function respondGrpc(request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  response.writeHead(200, { 'content-type': 'application/grpc' });
  response.addTrailers({ 'grpc-status': '0', 'grpc-message': 'from the upstream' });
  response.end(grpcMessage(`echo ${Buffer.concat(chunks).subarray(5).toString()}`));
}

/** Accepts a WebSocket and sends every message back. */
export function respondWebSocket(request: IncomingMessage, socket: Duplex): void {
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash('sha1').update(key).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  socket.on('error', () => undefined);
  socket.on('data', (data) => socket.write(serverFrame(`echo ${unframe(Buffer.from(data))}`)));
}
