import { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { Duplex } from 'node:stream';

/** Answers CONNECT as a forward proxy does: with a connection to the host that is named, which the proxy looks up itself. */
export function tunnel(
  request: IncomingMessage,
  socket: Duplex,
  addressOf: (host: string) => string | undefined,
  localAddress: string,
): void {
  const [, host, port] = /^(.*):(\d+)$/.exec(request.url ?? '') ?? [];
  const address = host && addressOf(host);
  if (!address) {
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    return;
  }
  const upstream = connect({ host: address, port: Number(port), localAddress }, () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    upstream.pipe(socket).pipe(upstream);
  });
  for (const [one, other] of [
    [upstream, socket],
    [socket, upstream],
  ]) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
}
