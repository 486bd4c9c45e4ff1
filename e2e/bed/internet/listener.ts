import { IncomingMessage, createServer as createHttp1 } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import { Server, Socket, createServer } from 'node:net';
import { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { TLSSocket, createServer as createTlsServer } from 'node:tls';
import { respond, respondGrpc, respondWebSocket } from './handler';
import { speakRaw } from './raw';
import { Behaviour, InternetPort, InternetRecord, InternetServer } from './record';
import { tunnel } from './tunnel';

const PREFACE = 'PRI * HTTP/2.0';
/** What a server offers by TLS. */
const ALPN = { '1.1': ['http/1.1'], '2': ['h2'], both: ['h2', 'http/1.1'] };

const PLAINTEXT = ['http', 'tcp', 'connect'];

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
    private readonly tell: Sink,
    addressOf: (host: string) => string | undefined,
  ) {
    this.http1.on('request', (request, response) => {
      void this.serve(request, request.socket, async () => respond(request, response));
    });
    if (port.webSocket !== false) {
      this.http1.on('upgrade', (request: IncomingMessage, socket) => {
        void this.serve(request, request.socket, async () => {
          respondWebSocket(request, socket);
          return Promise.resolve(0);
        });
      });
    }
    this.http1.on('connect', (request: IncomingMessage, socket) => {
      if (port.protocol === 'connect') {
        tunnel(request, socket, addressOf, address);
        return;
      }
      void this.serve(request, request.socket, async () => {
        socket.end('HTTP/1.1 405 Method Not Allowed\r\ncontent-length: 0\r\n\r\n');
        return Promise.resolve(0);
      });
    });
    this.http2.on('request', (request, response) => {
      const isGrpc = request.headers['content-type'] === 'application/grpc';
      void this.serve(request, request.stream.session, async () => {
        if (!isGrpc) return respond(request, response);
        await respondGrpc(request, response);
        return 0;
      });
    });
    this.http2.on('session', (session) => facts.set(session, this.opening!)); // in the same turn as its connection
    this.http2.on('sessionError', () => undefined);
    this.server = createServer((socket) => this.accept(socket));
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

  private sink(record: InternetRecord) {
    if (!this.behaviour.unrecorded) this.tell(record);
  }

  private accept(socket: Socket) {
    socket.on('error', () => undefined);
    if (this.behaviour.down) {
      socket.resetAndDestroy();
      return;
    }
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    const from = `${socket.remoteAddress}:${socket.remotePort}`;
    const known: Facts = { server: this.of.name, port: this.port.port, from };
    if (PLAINTEXT.includes(this.port.protocol)) {
      this.speak(socket, known);
      return;
    }
    this.agree(socket, known);
  }

  /** Agrees on TLS, or tells why not. */
  private agree(socket: Socket, known: Facts) {
    const { certificate, key, clientAuthority, protocol, http } = this.port;
    const server = createTlsServer({
      cert: certificate,
      key,
      ca: clientAuthority,
      requestCert: Boolean(clientAuthority),
      rejectUnauthorized: Boolean(clientAuthority),
      ...(protocol === 'https' && { ALPNProtocols: ALPN[http ?? 'both'] }),
    });
    server.once('secureConnection', (secure) => {
      secure.on('error', () => undefined);
      if (!this.serves(sniOf(secure))) {
        const tls = { sni: sniOf(secure), failure: 'no server of this name' };
        this.sink({ at: Date.now(), kind: 'connection', ...known, tls, bytes: socket.bytesRead });
        secure.destroy();
        return;
      }
      const client = secure.getPeerCertificate()?.subject?.CN as string | undefined;
      const tls = { sni: sniOf(secure), alpn: secure.alpnProtocol || undefined, client };
      this.speak(secure, { ...known, tls });
    });
    server.once('tlsClientError', (error, secure) => {
      const tls = {
        sni: sniOf(secure),
        failure: secure.authorizationError ? 'no valid client certificate' : error.message,
      };
      this.sink({ at: Date.now(), kind: 'connection', ...known, tls, bytes: socket.bytesRead });
    });
    server.emit('connection', socket);
  }

  private serves(given: string | undefined): boolean {
    const name = given?.toLowerCase();
    return this.of.hosts.some((host) => (host.startsWith('*.') ? name?.endsWith(host.slice(1)) : host === name));
  }

  private speak(socket: Socket, known: Facts) {
    facts.set(socket, known);
    const connection: InternetRecord = { at: Date.now(), kind: 'connection', ...known };
    this.sink(connection);
    const { protocol, http } = this.port;
    if (protocol === 'tcp' || protocol === 'tls') {
      speakRaw(socket, this.port, connection, (record) => this.sink(record));
      return;
    }
    if (http) {
      this.speakHttp(socket, known, http === '2');
      return;
    }
    if (socket instanceof TLSSocket && socket.alpnProtocol) {
      this.speakHttp(socket, known, socket.alpnProtocol === 'h2');
    } else {
      socket.once('readable', () => {
        const head = socket.read() as Buffer | null;
        if (!head) return;
        socket.unshift(head);
        this.speakHttp(socket, known, head.toString('latin1').startsWith(PREFACE.slice(0, head.length)));
      });
    }
  }

  private speakHttp(socket: Socket, known: Facts, isHttp2: boolean) {
    this.opening = known;
    if (!isHttp2) {
      this.http1.emit('connection', socket);
    }
    // A session reads a bare socket below the level to which the first bytes were put back.
    else {
      this.http2.emit(
        'connection',
        socket.readableLength ? Duplex.from({ readable: socket, writable: socket }) : socket,
      );
    }
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

function sniOf(secure: TLSSocket): string | undefined {
  return (secure as unknown as { servername?: string }).servername || undefined;
}
