import { App, Chart, Duration } from 'cdk8s';
import fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import {
  Egress,
  EgressClient,
  EgressGateway,
  EgressPort,
  GatewayWorkload,
  HostResolution,
  HttpRetries,
  UpstreamTls,
} from '../../src';
import { checkPorts } from '../../src/destination/egress-port';
import { checkHosts } from '../../src/destination/host';

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const NAME = /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/;
const HOST = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Mostly what is right, now and then what is not: otherwise no app of several values would ever be valid. */
const mostly = <T>(right: fc.Arbitrary<T>, ...wrong: fc.Arbitrary<T>[]) =>
  fc.oneof({ weight: 40, arbitrary: right }, ...wrong.map((arbitrary) => ({ weight: 1, arbitrary })));

/** Where checks of single values report. */
const SCOPE = new Chart(new App(), 'scope');

const word = fc.string({ unit: 'grapheme', maxLength: 20 });
const name = mostly(fc.stringMatching(/^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$/), word);
const odd = fc.constantFrom('API.Example.COM', 'a.example.', 'bücher.example', '例え.テスト');
const bad = fc.constantFrom('*.a.example', 'a.svc', '10.0.0.1', 'localhost', 'https://a.example');
const host = mostly(fc.oneof(fc.domain(), odd), bad, word);
const number = mostly(fc.integer({ min: 1, max: 65535 }), fc.integer(), fc.double());
const headers = fc.dictionary(
  mostly(fc.stringMatching(/^[A-Za-z-]{1,12}$/), word),
  mostly(fc.stringMatching(/^[ -~]{0,20}$/), word),
  { maxKeys: 2 },
);

const port = fc
  .record(
    {
      port: number,
      upstreamPort: number,
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
      tls: fc.oneof(
        fc.constant(UpstreamTls.simple()),
        fc
          .record(
            { sni: host, subjectAltNames: fc.array(fc.domain(), { minLength: 1, maxLength: 2 }) },
            { requiredKeys: [] },
          )
          .map((options) => UpstreamTls.simple(options)),
        name.map((credential) => UpstreamTls.mutual(credential)),
      ),
    },
    { requiredKeys: [] },
  )
  .chain((options) =>
    fc.constantFrom(
      () => EgressPort.http(options),
      () => EgressPort.tlsOrigination(options),
    ),
  );

const client = mostly(
  fc.oneof(
    name.map((ns) => () => EgressClient.namespace(ns)),
    fc.tuple(name, name).map(
      ([ns, sa]) =>
        () =>
          EgressClient.serviceAccount(ns, sa),
    ),
  ),
  fc.constant(() => EgressClient.anyInMesh()),
);

const declaration = fc.record({
  id: mostly(name, word),
  hosts: mostly(fc.array(host, { minLength: 1, maxLength: 4 }), fc.constant<never[]>([])),
  ports: mostly(fc.array(port, { minLength: 1, maxLength: 2 }), fc.constant<never[]>([])),
  clients: mostly(fc.array(client, { minLength: 1, maxLength: 3 }), fc.constant<never[]>([])),
  imported: fc.boolean(),
  resolution: mostly(
    fc.constantFrom(undefined, HostResolution.DNS, HostResolution.DNS_ROUND_ROBIN),
    fc.constant(HostResolution.NONE),
  ),
  name: mostly(fc.constant(undefined), name),
});

type Declaration = typeof declaration extends fc.Arbitrary<infer T> ? T : never;

/** Makes the declarations in one app and returns its YAML. */
function synthesize(declarations: Declaration[]): string {
  const app = new App({ outdir: '/nonexistent' });
  const workload = GatewayWorkload.existing({ labels: { istio: 'egress' }, service: 'egress' });
  const exit = new EgressGateway(new Chart(app, 'platform'), 'Exit', { workload });
  const chart = new Chart(app, 'app');
  declarations.forEach((given, index) => {
    new Egress(chart, `${given.id}-${index}`, {
      ...given,
      ports: given.ports.map((make) => make()),
      clients: given.clients.map((make) => make()),
      exit: given.imported ? EgressGateway.imported() : exit,
    });
  });
  return app.synthYaml();
}

/** The objects of a YAML text. Plain checks instead of `expect`, which is too slow for so many. */
function parse(yaml: string): any[] {
  return parseAllDocuments(yaml, { uniqueKeys: true }).map((document) => {
    must(document.errors.length === 0, 'a YAML error', yaml);
    return document.toJS();
  });
}

function must(condition: boolean, what: string, where: unknown): void {
  if (!condition) throw new Error(`${what}: ${JSON.stringify(where)}`);
}

/** What must hold of every manifest, whatever was declared. */
function check(objects: any[]): void {
  const seen = new Set<string>();
  for (const object of objects) {
    const { kind, metadata, spec } = object;
    must(NAME.test(metadata.name) && !metadata.name.includes('..'), 'a bad name', object);
    must(DNS_LABEL.test(metadata.namespace), 'a bad namespace', object);
    const key = `${kind}/${metadata.namespace}/${metadata.name}`;
    must(!seen.has(key), 'a duplicate', object);
    seen.add(key);
    if (kind === 'ServiceEntry' || kind === 'VirtualService') {
      must(spec.hosts.length > 0 && spec.hosts.every((one: string) => HOST.test(one)), 'a bad host', object);
    }
    if (kind === 'ServiceEntry') {
      must(['DNS', 'DNS_ROUND_ROBIN', 'STATIC'].includes(spec.resolution), 'a bad resolution', object);
      const numbers: number[] = spec.ports.map((one: any) => one.number);
      must(
        numbers.every((n) => Number.isInteger(n) && n >= 1 && n <= 65535),
        'a bad port',
        object,
      );
    }
  }
}

/** Consent says no more than what was declared through the exit that is made here, and every route stays where it is. */
function checkConsent(objects: any[], declarations: Declaration[]): void {
  const granted = declarations.filter((given) => !given.imported);
  const clients = new Set(granted.flatMap((given) => given.clients.map((make) => make().toString())));
  const ports = new Set(granted.flatMap((given) => given.ports.map((make) => checkPorts(SCOPE, [make()])[0].port)));
  const hosts = new Set(granted.flatMap((given) => checkHosts(SCOPE, given.hosts)));
  const allowed: string[] = [];
  for (const object of objects) {
    const { kind, metadata, spec } = object;
    const anybody = clients.has('*') && metadata.namespace === 'istio-egress' && !spec.gateways;
    if (spec.exportTo) must(anybody || String(spec.exportTo) === '.', 'an object that others see', object);
    for (const { from, to } of (kind === 'AuthorizationPolicy' && spec.rules) || []) {
      must(from.length === 1 && to.length === 1, 'a rule of another shape', object);
      const { serviceAccounts, namespaces, principals } = from[0].source;
      must(Object.keys(from[0].source).length === 1, 'a source of several kinds', object);
      allowed.push(...(serviceAccounts ?? namespaces?.map((ns: string) => `${ns}/*`) ?? principals));
      for (const authority of to[0].operation.hosts) {
        const [calledHost, calledPort = '80'] = authority.split(':');
        must(hosts.has(calledHost) && ports.has(Number(calledPort)), `consent to ${authority}`, object);
      }
    }
  }
  must(
    allowed.length === clients.size && allowed.every((one) => clients.has(one)),
    'consent to somebody else',
    objects,
  );
}

test('10,000 random apps: valid YAML, or an error with a code', () => {
  const outcomes = { valid: 0, refused: 0 };
  fc.assert(
    fc.property(fc.array(declaration, { minLength: 1, maxLength: 2, size: 'small' }), (declarations) => {
      let objects;
      try {
        objects = parse(synthesize(declarations));
      } catch (error) {
        expect((error as Error).message).toMatch(/\[[A-Z]\w+\] [^]*\n {2}fix: /);
        outcomes.refused++;
        return;
      }
      check(objects);
      checkConsent(objects, declarations);
      outcomes.valid++;
    }),
    { numRuns: 10_000 },
  );
  // Neither side may become empty without anyone noticing.
  expect(outcomes.valid).toBeGreaterThan(2000);
  expect(outcomes.refused).toBeGreaterThan(2000);
}, 120_000);

test('200 odd but valid hosts give valid YAML', () => {
  const hosts = Array.from(
    { length: 200 },
    (_, i) => ['UPPER', 'bücher', 'dot', 'x--y'][i % 4] + `${i}.Example${i % 2 ? '.' : ''}`,
  );
  const yaml = synthesize([
    {
      id: 'many',
      hosts,
      ports: [() => EgressPort.tlsOrigination(), () => EgressPort.http({ port: 8080 })],
      clients: [() => EgressClient.namespace('a'), () => EgressClient.namespace('b')],
      imported: false,
      resolution: undefined,
      name: undefined,
    },
  ]);
  check(parse(yaml));
  expect(parse(yaml)).toHaveLength(2 + 200 * 3 + 2 + 2 * 3);
});
