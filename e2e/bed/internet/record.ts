/** What an external server saw: one connection, or one request on it. */
export interface InternetRecord {
  readonly at: number;
  readonly kind: 'connection' | 'request' | 'data';
  /** The server's name in its declaration. */
  readonly server: string;
  readonly port: number;
  /** The other side, `address:port`: the pod that really came here. */
  readonly from: string;
  /** Set when the connection was TLS; `failure` when it was not agreed upon. */
  readonly tls?: { sni?: string; alpn?: string; client?: string; failure?: string };
  /** The request's `x-bed-call`. */
  readonly call?: string;
  readonly http?: string;
  readonly method?: string;
  readonly host?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  /** Of a request's body, of data, or of a handshake that failed. */
  readonly bytes?: number;
  /** Of a connection: how many bytes the server has said by itself until now. */
  sent?: number;
}

/** One port of an external server. */
export interface InternetPort {
  readonly port: number;
  /** `http` and `https` speak HTTP/1.1, HTTP/2, gRPC and WebSocket; `tcp`, `tls` and `udp` echo bytes; `connect` is a forward proxy. */
  readonly protocol: 'http' | 'https' | 'tcp' | 'tls' | 'connect' | 'udp';
  /** For `http` and `https`: the only version that it speaks. @default - both */
  readonly http?: '1.1' | '2';
  /** For `http` and `https`: false for a server that knows no upgrade and answers as if none had been asked for, as most do. @default true */
  readonly webSocket?: boolean;
  /** For `https` and `tls`, PEM. */
  readonly certificate?: string;
  readonly key?: string;
  /** For `tcp` and `tls`: the server speaks first, as many databases do. */
  readonly greets?: boolean;
  /** For `tcp` and `tls`: the server sends row after row from the beginning to the end of each connection. */
  readonly streams?: boolean;
  /** Demands a client certificate of this authority, PEM. */
  readonly clientAuthority?: string;
}

/** A server outside the mesh. */
export interface InternetServer {
  readonly name: string;
  /** Its names and those in its certificate; over TLS it serves no other, as a shared front of many customers does. */
  readonly hosts: string[];
  readonly addresses: string[];
  readonly ports: InternetPort[];
}

/** How a server behaves from now on. */
export interface Behaviour {
  /** Closes every new connection at once, and those that are open. */
  readonly down?: boolean;
  /** Milliseconds before each response. */
  readonly delay?: number;
  /** Keeps no record of what arrives, for more calls than anybody reads about. */
  readonly unrecorded?: boolean;
}
