import fc from 'fast-check';

/** A random app and what is tried on it, as plain data: it can be printed, made smaller and played again. */
export interface Story {
  readonly declarations: Declared[];
  /** Whether the namespace of the first clients is closed by a guard. */
  readonly guarded: boolean;
  readonly objects: Planted[];
  readonly moves: Move[];
}

/** Where a declaration leaves. */
export type ExitName = 'first' | 'second' | 'waypoint';

/** One declaration. */
export interface Declared {
  readonly exit: ExitName;
  /** One of `HOSTS`. */
  readonly host: string;
  /** Some of `PORTS`. */
  readonly ports: string[];
  /** Some of `CLIENTS`. */
  readonly clients: string[];
  /** One of `RULES`. */
  readonly rules: string;
  /** The chart that it stands in: two of a team's own, as two folders of one repo. */
  readonly chart: 'one' | 'two';
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
  /** Which form of the Host header: 0 is the honest one, others count through the grammar with `other` in it. */
  readonly form: number;
  readonly other: string;
  /** Which form of a path: 0 is "/v1/a", others count through the grammar. */
  readonly path: number;
  readonly method: string;
  /** Sent through a route of the caller's own namespace that rewrites the authority to the form. */
  readonly door: boolean;
}

export const HOSTS = [
  'api.bank.example',
  'admin.wikipedia.org',
  'fr.wikipedia.org',
  'any.wikipedia.org',
  'db.example.com',
  '*.wikipedia.org',
];
/** Names that are called: every host, one below the wildcard, and one that nobody declares. */
export const NAMES = [...HOSTS.filter((host) => !host.startsWith('*')), 'x.wikipedia.org', 'undeclared.example'];
export const CLIENTS = ['pay/checkout', 'pay/report', 'pay/*', 'shop/web', 'shop/*'];
export const AMBIENT_CLIENTS = ['agents/agent', 'agents/*'];
export const CALLERS = [
  'pay/checkout',
  'pay/report',
  'shop/web',
  'stranger/mallory',
  'agents/agent',
  'agents/spy',
  'plain/pod',
];
/** Whether a declaration's client stands for a caller. */
export const isClient = (client: string, who: string): boolean =>
  client === who || client === `${who.split('/')[0]}/*`;

/** Teams that plant objects: a client of exits, and one that is granted nothing. */
export const TEAMS = ['shop', 'stranger'];
export const RULES = ['none', 'none', 'none', 'read', 'not-admin'];

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

/** How many forms the grammars have, with the honest one. */
export const AUTHORITY_FORMS = 63;
export const PATH_FORMS = 22;

const some = <T>(values: T[], max: number) => fc.subarray(values, { minLength: 1, maxLength: max });
const often = <T>(usual: T, other: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });

const declared: fc.Arbitrary<Declared> = fc
  .record({
    exit: fc.constantFrom<ExitName>('first', 'first', 'second', 'waypoint'),
    host: fc.constantFrom(...HOSTS),
    ports: some(Object.keys(PORTS), 2),
    clients: some(CLIENTS, 2),
    ambientClients: some(AMBIENT_CLIENTS, 2),
    rules: fc.constantFrom(...RULES),
    chart: fc.constantFrom('one' as const, 'two' as const),
  })
  .map(({ ambientClients, ...rest }) => (rest.exit === 'waypoint' ? { ...rest, clients: ambientClients } : rest))
  .map((one) => {
    const http = one.ports.every((port) => PORTS[port].speaks === 'http');
    return { ...one, rules: http ? one.rules : 'none' };
  });

const move: fc.Arbitrary<Move> = fc
  .record({
    who: fc.constantFrom(...CALLERS),
    speaks: fc.constantFrom<Move['speaks']>('http', 'http', 'http', 'http2', 'tls', 'tcp'),
    host: fc.constantFrom(...NAMES),
    port: fc.constantFrom(80, 80, 8080),
    form: often(0, fc.integer({ min: 1, max: AUTHORITY_FORMS - 1 })),
    other: fc.constantFrom(...NAMES),
    path: often(0, fc.integer({ min: 1, max: PATH_FORMS - 1 })),
    method: fc.constantFrom('GET', 'GET', 'POST'),
    door: fc.boolean(),
  })
  .map((one) => {
    if (one.speaks === 'tls') return { ...one, port: 443, form: 0, path: 0, door: false };
    if (one.speaks === 'tcp') return { ...one, port: 5432, form: 0, path: 0, door: false };
    return { ...one, door: one.door && one.form > 0 && TEAMS.includes(one.who.split('/')[0]) };
  });

/** Stories of a catalogue's objects. */
export const stories = (objects: string[], moves: number): fc.Arbitrary<Story> =>
  fc.record({
    declarations: fc.array(declared, { minLength: 1, maxLength: 5, size: 'max' }),
    guarded: fc.constantFrom(false, false, true),
    objects: fc.array(
      fc.record({
        team: fc.constantFrom(...TEAMS),
        object: fc.constantFrom(...objects),
        older: fc.boolean(),
        host: fc.constantFrom(...NAMES),
      }),
      { maxLength: 2, size: 'max' },
    ),
    moves: fc.array(move, { minLength: Math.ceil(moves / 2), maxLength: moves, size: 'max' }),
  });
