import fc from 'fast-check';
import { AUTHORITY_FORMS, HEADER_FORMS, PATH_FORMS, SERVER_NAME_FORMS } from './forms';
import { METHODS, ODD_METHODS } from './grammar/methods';
import {
  ALIASES,
  AMBIENT_CLIENTS,
  CALLERS,
  CLIENTS,
  Declared,
  GUARDED,
  Guards,
  HOSTS,
  Mode,
  Move,
  NAMES,
  OUTSIDE,
  PORTS,
  Published,
  RULES,
  Story,
  TEAMS,
  teamOf,
} from './story';

const some = <T>(values: T[], max: number) => fc.subarray(values, { minLength: 1, maxLength: max });
const often = <T>(usual: T, other: fc.Arbitrary<T>, weight = 2) =>
  fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });

/** What the library refuses for sure, which would be no app. */
function carried(one: Declared): Declared {
  const isWildcard = one.host.startsWith('*');
  const isWhole = one.clients.some((client) => client.endsWith('/*'));
  const below =
    one.exit === 'waypoint'
      ? ['origination', 'plain', 'passthrough']
      : ['origination', 'plain', 'plain8080', 'passthrough'];
  const named = one.ports.filter((port) => !isWildcard || below.includes(port));
  const ports = named.map((port) => (port === 'tcp' && isWhole ? 'readable tcp' : port));
  const isHttp = ports.every((port) => PORTS[port].speaks === 'http');
  return {
    ...one,
    ports: ports.length > 0 ? [...new Set(ports)] : ['origination'],
    rules: isHttp ? one.rules : 'none',
  };
}

const declared: fc.Arbitrary<Declared> = fc
  .record({
    exit: fc.constantFrom<Declared['exit']>('first', 'first', 'second', 'waypoint'),
    host: fc.constantFrom(...HOSTS),
    ports: some(Object.keys(PORTS), 2),
    clients: some(CLIENTS, 2),
    ambientClients: some(AMBIENT_CLIENTS, 2),
    rules: fc.constantFrom(...RULES),
    chart: fc.constantFrom('one' as const, 'two' as const),
  })
  .map(({ ambientClients, ...rest }) => (rest.exit === 'waypoint' ? { ...rest, clients: ambientClients } : rest))
  .map(carried);

const alias: fc.Arbitrary<Declared> = fc.record({
  exit: fc.constantFrom<Declared['exit']>('first', 'second'),
  host: fc.constantFrom(...ALIASES),
  upstream: fc.constantFrom(...HOSTS.filter((host) => !host.startsWith('*'))),
  outside: fc.boolean(),
  ports: fc.constant(['origination']),
  clients: some(CLIENTS, 2),
  rules: fc.constantFrom(...RULES),
  chart: fc.constantFrom('one' as const, 'two' as const),
});

const published: fc.Arbitrary<Published> = fc
  .record({
    host: fc.constantFrom(...HOSTS),
    port: fc.constantFrom('plain', 'origination', 'passthrough'),
    onlyV1: fc.boolean(),
  })
  .map((one) => ({ ...one, onlyV1: one.onlyV1 && one.port !== 'passthrough' }));

const mode = fc.constantFrom<Mode>('OBSERVE', 'ENFORCE', 'ENFORCE');

const guards: fc.Arbitrary<Guards> = fc.record(
  {
    namespaces: fc
      .array(fc.tuple(fc.constantFrom(...GUARDED), mode), { maxLength: 2, size: 'max' })
      .map((each) => Object.fromEntries(each)),
    exits: often(false, fc.constant(true)),
    admission: mode,
  },
  { requiredKeys: ['namespaces', 'exits'] },
);

/** What fits together: TLS has no paths, only teams have doors, and the ingress gateway is asked on its own ports. */
function fitting(one: Move): Move {
  const isOutside = one.who === OUTSIDE;
  const isRaw = one.speaks === 'tcp' || (one.speaks === 'tls' && one.port !== 443);
  if (one.speaks === 'tcp' && !isOutside) {
    return { ...one, port: 5432, form: 0, path: 0, method: 'GET', header: 0, way: 'straight' };
  }
  const speaks = isRaw ? 'tls' : one.speaks;
  const way = isOutside || (one.way === 'ingress' && one.who === 'stranger/mallory') ? 'ingress' : 'straight';
  if (speaks === 'tls') {
    const form = one.form % SERVER_NAME_FORMS;
    const http = way === 'ingress' ? { path: one.path, method: one.method } : { path: 0, method: 'GET' };
    return { ...one, speaks, port: 443, form, ...http, header: 0, way };
  }
  if (way === 'ingress') return { ...one, port: 80, way };
  const isDoor = one.way === 'door' && one.form > 0 && TEAMS.includes(teamOf(one.who));
  return isDoor ? { ...one, header: 0, way: 'door' } : { ...one, way };
}

const move: fc.Arbitrary<Move> = fc
  .record({
    who: fc.constantFrom(...CALLERS),
    speaks: fc.constantFrom<Move['speaks']>('http', 'http', 'http', 'http2', 'tls', 'tls', 'tcp'),
    host: fc.constantFrom(...NAMES),
    port: fc.constantFrom(80, 80, 8080),
    form: often(0, fc.integer({ min: 1, max: AUTHORITY_FORMS - 1 })),
    other: fc.constantFrom(...NAMES),
    path: often(0, fc.integer({ min: 1, max: PATH_FORMS - 1 })),
    method: fc.oneof(
      { weight: 6, arbitrary: fc.constant('GET') },
      { weight: 2, arbitrary: fc.constantFrom(...METHODS) },
      { weight: 1, arbitrary: fc.constantFrom(...ODD_METHODS) },
    ),
    header: often(0, fc.integer({ min: 1, max: HEADER_FORMS - 1 })),
    way: fc.constantFrom<Move['way']>('straight', 'straight', 'door', 'ingress'),
  })
  .map(fitting);

/** Stories of a catalogue's objects. */
export const stories = (objects: string[], moves: number): fc.Arbitrary<Story> =>
  fc
    .record({
      declarations: fc.array(declared, { minLength: 1, maxLength: 4, size: 'max' }),
      aliases: fc.array(alias, { maxLength: 2, size: 'max' }),
      published: fc.array(published, { maxLength: 1, size: 'max' }),
      guards,
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
    })
    .map(({ declarations, aliases, ...rest }) => ({ declarations: [...declarations, ...aliases], ...rest }));
