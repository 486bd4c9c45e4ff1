import { Duration } from 'cdk8s';
import fc from 'fast-check';
import {
  EgressClient,
  EgressPort,
  HostResolution,
  HttpRetries,
  HttpRule,
  HttpRuleMatch,
  TlsCredential,
  TlsOriginationPortOptions,
  UpstreamTls,
} from '../../src';

/** What random apps are made of: values that are usually right, often the same, and now and then wrong. */

/** Otherwise no app of several values would ever be valid. */
const mostly = <T>(right: fc.Arbitrary<T>, ...wrong: fc.Arbitrary<T>[]) =>
  fc.oneof({ weight: 80, arbitrary: right }, ...wrong.map((arbitrary) => ({ weight: 1, arbitrary })));

const often = <T>(usual: T, other: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });

const word = fc.string({ unit: 'grapheme', maxLength: 20 });
const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$/);
const name = mostly(label, word);

const known = fc.constantFrom(
  'a.example.com',
  'b.example.com',
  'a.b.example.com',
  'sa.443.b.example.com',
  'b.example.org',
);
const odd = fc.constantFrom('API.Example.COM', 'a.example.', 'bücher.example', '例え.テスト');
const bad = fc.constantFrom('*.com', 'a.svc', '10.0.0.1', 'localhost', 'https://a.example');
const host = mostly(fc.oneof({ weight: 3, arbitrary: known }, odd, fc.domain()), bad, word);
const wildcard = fc.constantFrom('*.example.com', '*.b.example.com', '*.example.org');

const headers = fc.dictionary(
  mostly(fc.stringMatching(/^[A-Za-z-]{1,12}$/), word),
  mostly(fc.stringMatching(/^[ -~]{0,20}$/), word),
  { maxKeys: 2 },
);
const tls = fc.oneof(
  fc.constant(UpstreamTls.simple()),
  fc
    .record({ sni: host, subjectAltNames: fc.array(fc.domain(), { minLength: 1, maxLength: 2 }) }, { requiredKeys: [] })
    .map((options) => UpstreamTls.simple(options)),
  label.map((credential) => UpstreamTls.mutual(TlsCredential.named(credential))),
);
type GivenHttp = Omit<TlsOriginationPortOptions, 'port' | 'upstreamPort'>;

const httpOptions: fc.Arbitrary<GivenHttp> = fc.record(
  {
    timeout: mostly(fc.integer({ min: 1, max: 100_000 }), fc.constant(0)).map((ms) => Duration.millis(ms)),
    retries: fc.oneof(
      fc.constant(HttpRetries.none()),
      mostly(fc.integer({ min: 0, max: 10 }), fc.integer()).map((n) => HttpRetries.idempotent(n)),
      fc.integer({ min: 1, max: 10 }).map((n) => HttpRetries.anyMethod(n)),
    ),
    headers: fc.record(
      {
        requestSet: headers,
        responseAdd: headers,
        requestRemove: fc.array(mostly(fc.constant('cookie'), word), { maxLength: 2 }),
      },
      { requiredKeys: [] },
    ),
    tls,
  },
  { requiredKeys: [] },
);

/** A port, as it is given to the library and as the model reads it. */
export interface GivenPort {
  readonly kind: 'http' | 'tls' | 'open' | 'tcp';
  readonly port: number;
  /** Where the exit calls the host. */
  readonly upstreamPort: number;
  readonly make: () => EgressPort;
}

const number = mostly(fc.constantFrom(80, 443, 8080, 8443, 5432), fc.integer({ max: 65536 }), fc.double());
const upstreamPort = often<number | undefined>(undefined, number);

const httpPort = fc
  .record({
    port: mostly(fc.constantFrom(80, 8080), number),
    upstreamPort,
    options: often<GivenHttp>({}, httpOptions),
  })
  .map(({ port, upstreamPort: to, options: { tls: speaks, ...options } }): GivenPort => {
    const plain = port === 8080;
    const make = () =>
      plain
        ? EgressPort.http({ port, ...options })
        : EgressPort.tlsOrigination({ port, upstreamPort: to, tls: speaks, ...options });
    return { kind: 'http', port, upstreamPort: plain ? port : (to ?? 443), make };
  });

const opaquePort = fc
  .record({ kind: fc.constantFrom('tls' as const, 'tls' as const, 'open' as const, 'tcp' as const), to: upstreamPort })
  .chain(({ kind, to }) =>
    mostly(kind === 'tcp' ? fc.constantFrom(5432, 22) : fc.constantFrom(443, 8443), number).map((port): GivenPort => {
      const options = { port, upstreamPort: to };
      const makes = {
        tls: () => EgressPort.tlsPassthrough(options),
        open: () => EgressPort.tlsPassthroughWithoutIdentity(options),
        tcp: () => EgressPort.tcp(port, { upstreamPort: to, anyoneInMeshMayReadWhatServerSendsUnasked: true }),
      };
      return { kind, port, upstreamPort: to ?? port, make: makes[kind] };
    }),
  );

/** A client, as a declaration names it: "payments/checkout", "payments/*" or "*". */
const client = mostly(
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('pay/*', 'pay/checkout', 'pay/report', 'shop/*', 'shop/web') },
    fc.tuple(name, name).map(([ns, account]) => `${ns}/${account}`),
  ),
  fc.constant('*'),
);

/** The client of a name. */
export function clientOf(text: string): EgressClient {
  if (text === '*') return EgressClient.anyInMesh();
  const [namespace, account] = [text.slice(0, text.indexOf('/')), text.slice(text.indexOf('/') + 1)];
  return account === '*' ? EgressClient.namespace(namespace) : EgressClient.serviceAccount(namespace, account);
}

/** A rule, as the model reads it. */
export interface GivenRule extends Omit<HttpRuleMatch, 'clients'> {
  readonly action: 'allow' | 'deny';
  readonly clients?: string[];
}

/** The rules for the library: none where there are none. */
export function rulesOf<T>(rules: T[], make: (rule: T) => HttpRule): HttpRule[] | undefined {
  return rules.length > 0 ? rules.map(make) : undefined;
}

/** The rule for the library. */
export function ruleOf(given: GivenRule): HttpRule {
  const { methods, paths } = given;
  return HttpRule[given.action]({ methods, paths, headers: given.headers, clients: given.clients?.map(clientOf) });
}

const some = <T>(...values: T[]) => fc.subarray(values, { minLength: 1, maxLength: 2 });
const anyRule: fc.Arbitrary<GivenRule> = fc.record(
  {
    action: fc.constantFrom('allow', 'allow', 'deny'),
    clients: some('pay/*', 'pay/checkout', 'shop/*', 'stranger/*'),
    methods: mostly(some('GET', 'POST', 'DELETE'), fc.constant(['get'])),
    paths: mostly(some('/', '/v1/*', '/v1/a', '/v1/{*}/b', '/v1/{**}'), fc.constant(['v1'])),
    headers: mostly<{ [name: string]: string[] }>(
      fc.constantFrom<{ [name: string]: string[] }[]>({ x: ['1'] }, { 'X-Y': ['a', 'b'] }, { x: ['*'], 'x-y': ['ab'] }),
      fc.constant({ x: [] }),
    ),
  },
  { requiredKeys: ['action'] },
);

/** A `deny` by the value of a header is an error. */
const rule = anyRule.map((given): GivenRule =>
  given.action === 'deny' && given.headers
    ? { ...given, headers: Object.fromEntries(Object.keys(given.headers).map((header) => [header, ['*']])) }
    : given,
);

/** One declaration of a random app. */
export interface Given {
  readonly id: string;
  readonly exit: 'own' | 'imported' | 'sidecar';
  readonly hosts: string[];
  readonly ports: GivenPort[];
  readonly clients: string[];
  readonly rules: GivenRule[];
  readonly resolution?: HostResolution;
  readonly endpoints?: { readonly address: string; readonly weight?: number }[];
  readonly addresses?: string[];
  readonly connectionLimits?: { readonly maxConnections: number };
}

const list = <T>(item: fc.Arbitrary<T>, maxLength: number) =>
  mostly(fc.array(item, { minLength: 1, maxLength }), fc.constant<T[]>([]));

const exit: fc.Arbitrary<Given['exit']> = fc.constantFrom('own', 'own', 'own', 'imported', 'sidecar');
const shape = fc.constantFrom('web', 'web', 'opaque', 'both', 'below');
const at = fc.constantFrom({ address: 'edge.example.net' }, { address: '192.0.2.7' });

const declaration = shape.chain((what) => {
  const port = { web: httpPort, opaque: opaquePort, both: httpPort, below: fc.oneof(httpPort, opaquePort) }[what]!;
  const below = what === 'below';
  return fc
    .record({
      id: mostly(name, word),
      exit,
      hosts: list(below ? fc.oneof(wildcard, wildcard, host) : host, 3),
      ports: what === 'both' ? fc.tuple(httpPort, opaquePort).map((both): GivenPort[] => both) : list(port, 2),
      clients: list(client, 3),
      rules: fc.array(rule, { maxLength: what === 'web' ? 2 : 0 }),
      resolution: mostly(
        often<HostResolution | undefined>(
          undefined,
          fc.constantFrom(HostResolution.DNS, HostResolution.DNS_ROUND_ROBIN),
        ),
        fc.constant('NONE' as HostResolution),
      ),
      endpoints: below
        ? often<Given['endpoints']>([{ address: 'edge.example.net' }], fc.constant(undefined))
        : often<Given['endpoints']>(undefined, list(at, 2)),
      addresses: often<Given['addresses']>(undefined, list(fc.constantFrom('10.45.7.0/24', '192.0.2.9'), 2)),
      connectionLimits: often<Given['connectionLimits']>(undefined, fc.constant({ maxConnections: 10 })),
    })
    .chain((given) => mostly(fc.constant(tidy(given)), fc.constant(given)));
});

/** Without what most combinations of good values would fail with. */
function tidy(given: Given): Given {
  const { exit: through, clients, rules, hosts, ports, addresses } = given;
  const first = <T>(items: T[], key: (item: T) => unknown) =>
    items.filter((a, i) => items.findIndex((b) => key(a) === key(b)) === i);
  const tcp = ports.some(({ kind }) => kind === 'tcp');
  return {
    ...given,
    clients:
      through === 'sidecar'
        ? clients.map((one) => one.replace(/\/.*/, '/*'))
        : clients.filter((one) => one !== '*' || clients.length === 1),
    rules: through === 'own' ? rules.map((one) => ({ ...one, clients: one.clients && clients.slice(0, 1) })) : [],
    ports: first(ports, ({ port }) => port),
    addresses: hosts.length === 1 && tcp ? addresses : undefined,
  };
}

/** A random app: its declarations, some of them made twice or for others too, and what its mesh and exit are like. */
export interface GivenApp {
  readonly declarations: Given[];
  readonly dnsProxying: boolean;
  /** Whether the exit has one Service for everything. */
  readonly oneService: boolean;
}

/** The same again, in another chart, for other clients. */
const again = fc
  .record({ index: fc.nat(2), clients: fc.option(list(client, 2), { nil: undefined }), keeps: fc.constantFrom(0, 1) })
  .map(({ index, clients, keeps }) => (given: Given[]): Given[] => {
    const one = given[index % given.length];
    const ports = keeps && one.ports.length > 1 ? one.ports.slice(0, keeps) : one.ports;
    const other = { ...one, ports, id: `${one.id}-again`, rules: [], clients: clients ?? one.clients };
    return [...given, one.hosts.length > 0 && one.ports.length > 0 ? tidy(other) : other];
  });

export const randomApp: fc.Arbitrary<GivenApp> = fc.record({
  declarations: fc
    .tuple(fc.array(declaration, { minLength: 1, maxLength: 3, size: 'max' }), fc.option(again, { nil: undefined }))
    .map(([given, twice]) => (twice ? twice(given) : given)),
  oneService: fc.boolean(),
  dnsProxying: fc.constantFrom(true, true, true, false),
});
