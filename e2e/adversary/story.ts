/** A random app and what is tried on it, as plain data: it can be printed, made smaller and played again. */
export interface Story {
  readonly declarations: Declared[];
  /** Hosts that the ingress gateway serves under their own names. */
  readonly published: Published[];
  readonly guards: Guards;
  readonly objects: Planted[];
  readonly moves: Move[];
}

/** Where a declaration leaves. */
export type ExitName = 'first' | 'second' | 'waypoint';

/** One declaration. */
export interface Declared {
  readonly exit: ExitName;
  /** One of `HOSTS`; of an alias one of `ALIASES`. */
  readonly host: string;
  /** What an alias stands for: one of `HOSTS`, which is called by TLS. */
  readonly upstream?: string;
  /** Whether an alias is served to callers outside, by the ingress gateway. */
  readonly outside?: boolean;
  /** Some of `PORTS`. */
  readonly ports: string[];
  /** Some of `CLIENTS`. */
  readonly clients: string[];
  /** One of `RULES`. */
  readonly rules: string;
  /** The chart that it stands in: two of a team's own, as two folders of one repo. */
  readonly chart: 'one' | 'two';
}

/** A host that the ingress gateway serves. */
export interface Published {
  /** One of `HOSTS`. */
  readonly host: string;
  /** One of `PORTS`. */
  readonly port: string;
  /** Of HTTP: only "/v1" and what is below it. */
  readonly onlyV1: boolean;
}

/** How far something is closed. */
export type Mode = 'OBSERVE' | 'ENFORCE';

/** What guards an app has. */
export interface Guards {
  /** The modes of the client namespaces that have a guard. */
  readonly namespaces: { readonly [namespace: string]: Mode };
  /** Whether the exits have guards as well. */
  readonly exits: boolean;
  /** The mode of the admission guard for namespaces without a guard, if there is one; the others keep it in their own. */
  readonly admission?: Mode;
}

/** An object of the catalogue that a team writes in its own namespace. */
export interface Planted {
  readonly team: string;
  /** A name of the catalogue. */
  readonly object: string;
  /** Before the app is applied, so that it is older than what the app makes. */
  readonly older: boolean;
  /** The host that it is about. */
  readonly host: string;
}

/** One attempt. */
export interface Move {
  /** One of `CALLERS`. */
  readonly who: string;
  readonly speaks: 'http' | 'http2' | 'tls' | 'tcp';
  readonly host: string;
  readonly port: number;
  /** Which form of the Host header, or of TLS's server name: 0 is the client's own, others count through the grammar with `other` in it. */
  readonly form: number;
  readonly other: string;
  /** Which form of a path: 0 is "/v1/a", others count through the grammar. */
  readonly path: number;
  readonly method: string;
  /** Which further header lines: 0 are none, others count through the grammar. */
  readonly header: number;
  /** Straight; through a route of the caller's own namespace that rewrites the authority to the form; or at the ingress gateway's Service. */
  readonly way: 'straight' | 'door' | 'ingress';
}

export const HOSTS = [
  'api.bank.example',
  'admin.wikipedia.org',
  'fr.wikipedia.org',
  'any.wikipedia.org',
  'db.example.com',
  '*.wikipedia.org',
];
/** Our own names for hosts, one of them below a wildcard. Servers outside have them as well, which nobody must reach. */
export const ALIASES = ['bank.corp.example', 'wiki.wikipedia.org'];
/** The name below the wildcard that nobody declares, and whose server is the wildcard's. */
export const BELOW = 'x.wikipedia.org';
/** Names with a server of their own. */
export const SERVERS = [...HOSTS.filter((host) => !host.startsWith('*')), ...ALIASES, 'undeclared.example'];
/** Names that are called. */
export const NAMES = [...SERVERS, BELOW];
export const CLIENTS = ['pay/checkout', 'pay/report', 'pay/*', 'shop/web', 'shop/*'];
export const AMBIENT_CLIENTS = ['agents/agent', 'agents/*'];
/** By whom calls from outside come to an exit. */
export const INGRESS = 'istio-system/istio-ingressgateway-service-account';
/** Somebody outside the mesh, who can call the ingress gateway alone. */
export const OUTSIDE = 'plain/pod';
export const CALLERS = [
  'pay/checkout',
  'pay/report',
  'shop/web',
  'stranger/mallory',
  'agents/agent',
  'agents/spy',
  OUTSIDE,
];
export const teamOf = (who: string): string => who.split('/')[0];

/** Whether a declaration's client stands for a caller. */
export const isClient = (client: string, who: string): boolean => client === who || client === `${teamOf(who)}/*`;

/** Teams that plant objects: a client of exits, and one that is granted nothing. */
export const TEAMS = ['shop', 'stranger'];
/** Namespaces that may have a guard. */
export const GUARDED = ['pay', 'shop', 'agents'];
export const RULES = ['none', 'none', 'none', 'none', 'read', 'not-admin', 'auditor'];

/** Ports of declarations, by what they are called on and how the host is reached. */
export const PORTS: Record<
  string,
  { readonly speaks: Move['speaks']; readonly port: number; readonly upstream: number; readonly tls: boolean }
> = {
  origination: { speaks: 'http', port: 80, upstream: 443, tls: true },
  plain: { speaks: 'http', port: 80, upstream: 80, tls: false },
  plain8080: { speaks: 'http', port: 8080, upstream: 8080, tls: false },
  origination8080: { speaks: 'http', port: 8080, upstream: 443, tls: true },
  passthrough: { speaks: 'tls', port: 443, upstream: 443, tls: true },
  tcp: { speaks: 'tcp', port: 5432, upstream: 5432, tls: false },
  'readable tcp': { speaks: 'tcp', port: 5432, upstream: 5432, tls: false },
};
