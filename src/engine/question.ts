/** What the engine reads and writes, as JSON: engine/main.go and engine/internal/follow/answer.go say the same in Go. */

/** What is asked. */
export interface Question {
  /** Files, and folders with all below them. */
  readonly paths?: string[];
  /** Manifests themselves, as one text. */
  readonly manifests?: string;
  /** The mesh configuration, as YAML; Istio's defaults where it is left out. */
  readonly mesh?: string;
  /** Addresses of names outside the mesh. @default - every name has one of its own */
  readonly outside?: Record<string, string>;
  /** Whether no other name exists outside. @default false */
  readonly onlyThoseOutside?: boolean;
  readonly calls: Call[];
  /** Asks for everything that anybody reaches, instead of calls. */
  readonly inventory?: true;
}

/** A call that somebody asks about. */
export interface Call {
  /** `namespace/workload`, or `namespace/service account`. */
  readonly from: string;
  readonly url: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  /** Further header lines, of names that stand there several times. */
  readonly lines?: [string, string][];
  /** The version of HTTP. */
  readonly http?: '1.1' | '2';
  /** The server name, where it shall not be the host of the URL. */
  readonly sni?: string;
  /** Path and query as they are sent, where they shall not be the URL's. */
  readonly target?: string;
  /** Where the connection goes, where that shall not be the URL's host and port. */
  readonly connectTo?: { readonly host: string; readonly port?: number };
}

/** What comes back. */
export interface Reply {
  /** The version of Istio whose generator was asked. */
  readonly istio: string;
  /** One for each call, in their order. */
  readonly answers: Answer[];
  readonly problems: Problem[] | null;
  /** Who reaches what, if that was the question. */
  readonly inventory?: Row[] | null;
  /** Whom the inventory asked for: `namespace/account`, and an account that stands for whoever is not named. */
  readonly callers?: string[] | null;
}

/** A caller, and a destination outside that it reaches. */
export interface Row {
  /** `namespace/account`; a star stands for everybody of the namespace who is not named. */
  readonly caller: string;
  /** A name, a wildcard, or a star for hosts that the mesh does not know. */
  readonly host: string;
  readonly port: number;
  /** What the caller sends. */
  readonly speaks: 'http' | 'tls' | 'tcp';
  /** Whether all requests pass, some by rules, or something decides that manifests do not tell. */
  readonly access: 'all' | 'some' | 'depends';
  /** A call that goes this way. */
  readonly call: Call;
  /** What becomes of that call. */
  readonly answer: Answer;
  /** Owner, reason, ticket, and `expires`. */
  readonly notes?: { readonly [name: string]: string };
}

/** Something that could not be read, or that a cluster would refuse. */
export interface Problem {
  readonly code: 'unreadable' | 'no-manifest' | 'unknown-kind' | 'invalid' | 'twice';
  readonly file?: string;
  readonly line?: number;
  /** Kind, namespace and name, with slashes between them. */
  readonly object?: string;
  readonly message: string;
}

/**
 * What becomes of a call: it arrives; it is stopped by what is configured; it would be let through, and two sides of a connection do not
 * fit; or something decides that manifests do not tell.
 */
export type Verdict = 'allowed' | 'refused' | 'failed' | 'depends';

/** What becomes of a call, and why. */
export interface Answer {
  readonly verdict: Verdict;
  /** A sentence without its full stop. */
  readonly reason: string;
  /** What the caller of HTTP gets, where a proxy answers. */
  readonly status?: number;
  readonly hops: Hop[];
  readonly arrives?: Arrival;
  readonly assumptions?: string[];
}

/** What one proxy does with a call. */
export interface Hop {
  readonly kind: 'sidecar' | 'ztunnel' | 'waypoint' | 'gateway';
  /** Whose proxy it is: `namespace/workload`. */
  readonly pod: string;
  /** The identity of the one before, where mutual TLS tells it. */
  readonly sees?: string;
  readonly listener?: string;
  readonly filterChain?: string;
  readonly route?: string;
  readonly cluster?: string;
  readonly decided?: Reference[];
  /** Where it connects to: host or address, and port. */
  readonly to?: string;
  readonly tls?: Tls;
}

/** An object that decided, and where its manifest stands. */
export interface Reference {
  /** Kind, namespace and name, with slashes between them. */
  readonly object: string;
  readonly does: string;
  readonly file?: string;
  readonly line?: number;
}

/** How a hop connects to the next. */
export interface Tls {
  readonly serverName?: string;
  /** The name of the client's certificate; `default` is the workload's own. */
  readonly certificate?: string;
  /** Whose certificates the server may have; nobody verifies it where this is empty. */
  readonly authority?: string;
  /** The server's certificate must be for one of them. */
  readonly names?: string[];
}

/** Where a call ends. */
export interface Arrival {
  /** Whether that is outside the mesh. */
  readonly outside: boolean;
  readonly host: string;
  readonly port: number;
  /** The pod that it leaves from. */
  readonly from: string;
  /** The workload where it arrives inside. */
  readonly pod?: string;
  /** Who encrypts what leaves: nobody, the caller itself, or the proxy that it leaves from. */
  readonly encryption: 'none' | 'caller' | 'exit';
  readonly serverName?: string;
  /** Whether a proxy verifies the server by its name. */
  readonly verified?: boolean;
  readonly authority?: string;
  readonly method?: string;
  readonly target?: string;
  /** By which identity a workload of the mesh is reached. */
  readonly identity?: string;
}
