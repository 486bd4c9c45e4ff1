import { IncomingMessage, createServer as createHttp1 } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import { Server, Socket, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { TLSSocket, createSecureContext } from 'node:tls';
import { respond, respondGrpc, respondWebSocket } from './handler';
import { Behaviour, InternetPort, InternetRecord, InternetServer } from './record';

const PREFACE = 'PRI * HTTP/2.0';

type Sink = (record: InternetRecord) => void;
type Facts = Pick<InternetRecord, 'server' | 'port' | 'from' | 'tls'>;

const facts = new WeakMap<object, Facts>();

/** Listens on one port of one address of a server, and tells everything that arrives. */
export class Listener {
  behaviour: Behaviour = {};
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private readonly http1 = createHttp1();
  private readonly http2 = createHttp2();
  private opening?: Facts;

  constructor(
    private readonly of: InternetServer,
    private readonly port: InternetPort,
    readonly address: string,
    private readonly sink: Sink,
  ) {
    this.http1.on('request', (request, response) => {
      void this.serve(request, request.socket, async () => respond(request, response));
    });
    this.http1.on('upgrade', (request: IncomingMessage, socket) => {
      void this.serve(request, request.socket, async () => {
        respondWebSocket(request, socket);
        return Promise.resolve(0);
      });
    });
    this.http2.on('request', (request, response) => {
      const isGrpc = request.headers['content-type'] === 'application/grpc';
      void this.serve(request, request.stream.session, async () => {
        if (!isGrpc) return respond(request, response);
        respondGrpc(request.stream);
        return 0;
      });
    });
    this.http2.on('session', (session) => facts.set(session, this.opening!)); // in the same turn as its connection
    this.http2.on('sessionError', () => undefined);
    this.server = createServer((socket) => void this.accept(socket));
    this.server.listen(port.port, address);
  }

  /** Changes the behaviour; a server that goes down drops what it has. */
  behave(behaviour: Behaviour) {
    this.behaviour = behaviour;
    if (behaviour.down) for (const socket of this.sockets) socket.destroy();
  }

  close() {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private async accept(socket: Socket) {
    socket.on('error', () => undefined);
    if (this.behaviour.down) {
      socket.resetAndDestroy();
      return;
    }
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    const from = `${socket.remoteAddress}:${socket.remotePort}`;
    const known: Facts = { server: this.of.name, port: this.port.port, from };
    if (this.port.protocol === 'http' || this.port.protocol === 'tcp') {
      this.sink({ at: Date.now(), kind: 'connection', ...known });
      this.speak(socket, known);
      return;
    }
    const secure = new TLSSocket(socket, {
      isServer: true,
      secureContext: createSecureContext({
        cert: this.port.certificate,
        key: this.port.key,
        ca: this.port.clientAuthority,
      }),
      requestCert: Boolean(this.port.clientAuthority),
      rejectUnauthorized: Boolean(this.port.clientAuthority),
      ...(this.port.protocol === 'https' && { ALPNProtocols: ['h2', 'http/1.1'] }),
    });
    await this.agree(secure, known, () => socket.bytesRead);
  }

  private async agree(secure: TLSSocket, known: Facts, received: () => number) {
    const sni = () => (secure as unknown as { servername?: string }).servername || undefined;
    const failure = await new Promise<string | undefined>((resolve) => {
      secure.once('secure', () => resolve(undefined));
      secure.on('error', (error) => resolve(error.message));
      secure.once('close', () => resolve('closed during the handshake'));
    });
    const client = failure ? undefined : (secure.getPeerCertificate()?.subject?.CN as string | undefined);
    // TLS 1.3 tells the client "done" before the server has looked at its certificate.
    const refused =
      !failure && this.port.clientAuthority && !verified(secure) ? 'no valid client certificate' : failure;
    const tls = { sni: sni(), alpn: secure.alpnProtocol || undefined, client, failure: refused };
    this.sink({ at: Date.now(), kind: 'connection', ...known, tls, ...(refused && { bytes: received() }) });
    if (refused) secure.destroy();
    else this.speak(secure, { ...known, tls });
  }

  private speak(socket: Socket, known: Facts) {
    facts.set(socket, known);
    if (this.port.protocol === 'tcp' || this.port.protocol === 'tls') {
      if (this.port.greets) socket.write(`${this.of.name} greets\n`);
      socket.on('data', (data) => {
        const call = /^hello (\S+)/.exec(data.toString())?.[1];
        this.sink({ at: Date.now(), kind: 'data', ...known, call, bytes: data.length });
        socket.write(`${this.of.name} got ${data.toString()}`);
      });
      return;
    }
    socket.once('readable', () => {
      const head = socket.read() as Buffer | null;
      if (!head) return;
      socket.unshift(head);
      const isHttp2 = head.toString('latin1').startsWith(PREFACE.slice(0, Math.min(head.length, PREFACE.length)));
      this.opening = known;
      (isHttp2 ? this.http2 : this.http1).emit('connection', socket);
    });
  }

  private async serve(request: any, connection: object | undefined, answer: () => Promise<number>) {
    const { headers } = request;
    const record: InternetRecord = {
      at: Date.now(),
      kind: 'request',
      ...facts.get(connection!)!,
      call: headers['x-bed-call'],
      http: request.httpVersion,
      method: request.method,
      host: headers[':authority'] ?? headers.host,
      path: request.url,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    };
    this.sink(record);
    if (this.behaviour.delay) await pause(this.behaviour.delay);
    try {
      const bytes = await answer();
      if (bytes) this.sink({ ...record, kind: 'data', bytes });
    } catch {
      // the caller left
    }
  }
}

function verified(secure: TLSSocket): boolean {
  return Boolean((secure as unknown as { ssl: { verifyError(): unknown } }).ssl.verifyError() === null);
}
