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

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const HOST = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Mostly what is right, now and then what is not: otherwise no app of several values would ever be valid. */
const mostly = <T>(right: fc.Arbitrary<T>, ...wrong: fc.Arbitrary<T>[]) =>
  fc.oneof({ weight: 40, arbitrary: right }, ...wrong.map((arbitrary) => ({ weight: 1, arbitrary })));

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

/** What must hold of every manifest, whatever was declared. Plain checks: `expect` is too slow for so many. */
function check(yaml: string): void {
  const must = (condition: boolean, what: string) => {
    if (!condition) throw new Error(`${what} in:\n${yaml}`);
  };
  const seen = new Set<string>();
  for (const document of parseAllDocuments(yaml, { uniqueKeys: true })) {
    must(document.errors.length === 0, 'a YAML error');
    const { kind, metadata, spec } = document.toJS();
    must(DNS_LABEL.test(metadata.name) && DNS_LABEL.test(metadata.namespace), 'a bad name');
    const key = `${kind}/${metadata.namespace}/${metadata.name}`;
    must(!seen.has(key), 'a duplicate');
    seen.add(key);
    if (kind === 'ServiceEntry' || kind === 'VirtualService') {
      must(spec.hosts.length > 0 && spec.hosts.every((one: string) => HOST.test(one)), 'a bad host');
    }
    if (kind === 'ServiceEntry') {
      must(spec.resolution !== 'NONE', 'resolution NONE');
      must(
        spec.ports.every((one: any) => Number.isInteger(one.number) && one.number >= 1 && one.number <= 65535),
        'a bad port',
      );
    }
  }
}

test('10,000 random apps: valid YAML, or an error with a code', () => {
  const outcomes = { valid: 0, refused: 0 };
  fc.assert(
    fc.property(fc.array(declaration, { minLength: 1, maxLength: 2, size: 'small' }), (declarations) => {
      let yaml;
      try {
        yaml = synthesize(declarations);
      } catch (error) {
        expect((error as Error).message).toMatch(/\[[A-Z]\w+\] [^]*\n {2}fix: /);
        outcomes.refused++;
        return;
      }
      check(yaml);
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
  check(yaml);
  expect(parseAllDocuments(yaml)).toHaveLength(2 + 200 * 3 + 2 + 2 * 3);
});
