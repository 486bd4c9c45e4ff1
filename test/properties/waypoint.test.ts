import { App, Chart } from 'cdk8s';
import fc from 'fast-check';
import { clientOf, Given, GivenRule, randomApp, ruleOf, rulesOf } from './arbitraries';
import { around, Caller, mayCall, Meant, meant } from './meaning';
import { Http, letsThrough } from './policies';
import { checkNames, must } from './references';
import { routeOf } from './routes';
import { Egress, EgressPort, EgressWaypoint } from '../../src';

type Rule = GivenRule & { readonly tried: boolean };
type Declared = Omit<Meant, 'rules'> & { readonly rules: Rule[] };

/** What a waypoint could carry of a random declaration; of its rules, some are only tried out. */
function ambient(given: Given, tried: boolean[]): Omit<Given, 'rules'> & { rules: Rule[] } {
  const wildcard = given.hosts.some((host) => host.startsWith('*'));
  return {
    ...given,
    exit: 'own',
    // Below a wildcard it carries plain HTTP on port 80 alone.
    ports: wildcard
      ? [{ kind: 'http', port: 80, upstreamPort: 80, make: () => EgressPort.http() }]
      : given.ports.filter(({ kind }) => kind !== 'open'),
    endpoints: wildcard ? undefined : given.endpoints,
    connectionLimits: wildcard ? undefined : given.connectionLimits,
    resolution: wildcard ? undefined : given.resolution,
    rules: given.rules.map((rule, i) => ({ ...rule, tried: tried[i] })),
  };
}

function build(declarations: ReturnType<typeof ambient>[]): App {
  const app = new App({ outdir: '/nonexistent' });
  const exit = new EgressWaypoint(new Chart(app, 'platform'), 'Waypoint');
  const chart = new Chart(app, 'app');
  declarations.forEach(({ id, ports, clients, rules, exit: _, ...given }, index) => {
    new Egress(chart, `${id}-${index}`, {
      ...given,
      exit,
      ports: ports.map(({ make }) => make()),
      clients: clients.map(clientOf),
      rules: rulesOf(rules, (rule) => (rule.tried ? ruleOf(rule).dryRun() : ruleOf(rule))),
    });
  });
  return app;
}

const REQUESTS: Omit<Http, 'authority'>[] = [
  { method: 'GET', path: '/', headers: {} },
  { method: 'POST', path: '/v1/a', headers: { 'x-y': 'ab' } },
  { method: 'DELETE', path: '/v1/1/b', headers: { x: '1' } },
  { method: 'GET', path: '/v1/a', headers: { x: '2', 'x-y': 'ab' } },
];

/** The host that decides about a name: itself, or the narrowest wildcard above it. */
function decisive(hosts: string[], name: string): string | undefined {
  if (hosts.includes(name)) return name;
  const above = hosts.filter((host) => host.startsWith('*.') && name.endsWith(host.slice(1)));
  return above.sort((a, b) => b.length - a.length)[0];
}

const is = (client: string, { namespace, account }: Caller) =>
  client === '*' || client === `${namespace}/*` || client === `${namespace}/${account}`;

/** Every caller, at the address of every host, with whatever Host header. Returns how many calls were let through. */
function checkCalls(objects: any[], declarations: Declared[]) {
  const policies = objects.filter(({ kind }) => kind === 'AuthorizationPolicy');
  const isTrial = ({ metadata }: any) => metadata.annotations?.['istio.io/dry-run'] === 'true';
  const held = declarations.map((one) => ({ ...one, rules: one.rules.filter(({ tried }) => !tried) }));
  const allHeld = declarations.map((one) => ({ ...one, rules: one.rules.filter(({ action }) => action === 'allow') }));
  const { callers, hosts: names } = around(declarations);
  const counts = { through: 0, refused: 0, tried: 0 };
  let turn = 0;
  for (const { metadata, spec } of objects.filter(({ kind }) => kind === 'ServiceEntry')) {
    const [host] = spec.hosts;
    const about = policies.filter(({ spec: { targetRefs } }) =>
      targetRefs.some(({ kind, name }: any) => kind === 'Gateway' || name === metadata.name),
    );
    const [trials, others] = [about.filter(isTrial), about.filter((one) => !isTrial(one))];
    for (const caller of callers) {
      for (const { number, protocol } of spec.ports) {
        const arrives = { targetPort: number, caller, serverName: 'outbound' };
        const compare = (given: any[], call: any, expected: boolean) => {
          const actual = letsThrough(given, call);
          must(actual === expected, `${expected ? 'refused' : 'let through'} against what is declared`, {
            host,
            call,
            given,
          });
          counts[actual ? 'through' : 'refused']++;
        };
        if (protocol !== 'HTTP') {
          const may = declarations.some(
            ({ named, ports, clients }) =>
              named.includes(host) &&
              ports.some(({ kind, port }) => kind !== 'http' && port === number) &&
              clients.some((client) => is(client, caller)),
          );
          compare(others, arrives, may);
          continue;
        }
        for (const name of names) {
          const authority = number === 80 && turn % 2 ? name : `${turn % 3 ? name : name.toUpperCase()}:${number}`;
          const http = { ...REQUESTS[turn++ % REQUESTS.length], authority };
          const mine = decisive(
            declarations.flatMap(({ named }) => named),
            name,
          );
          const may = (these: Meant[]) => mine === host && mayCall(these, caller, name, number, http);
          compare(others, { ...arrives, http }, may(held));
          const tried = trials.filter(({ spec: { action } }) => action === 'ALLOW');
          if (tried.length === 0) continue;
          compare(tried, { ...arrives, http }, may(allHeld));
          counts.tried++;
        }
      }
    }
  }
  return counts;
}

/**
 * Istio tries the routes of a host, of wildcards above it and of names below it, in whatever order: whatever the Host header says, at
 * most one host's routes take it, those of the host whose policy decides about it, and none where it names two.
 */
function checkRoutes(objects: any[], declarations: Declared[]): void {
  const routes = objects.filter(({ kind }) => kind === 'VirtualService').map(({ spec }) => spec);
  const hosts = objects.filter(({ kind }) => kind === 'ServiceEntry').map(({ spec }) => spec.hosts[0]);
  const { hosts: names } = around(declarations);
  const tables = routes.map(({ hosts: [host], http }) => ({ host, routes: http.map(routeOf) }));
  const takers = (authority: string) =>
    tables.filter(({ routes: own }) =>
      own.some(({ matches }: any) => matches({ authority, method: 'GET', path: '/', headers: {} })),
    );
  for (const name of names) {
    const [taker, another] = takers(name);
    must(!another && (!taker || taker.host === decisive(hosts, name)), 'routes of another host', { name, routes });
    for (const other of names) {
      must(takers(`${name}:${other}`).length === 0, 'a route for two names', { name, other, routes });
    }
  }
}

test('1,500 random ambient apps: a waypoint lets exactly through what is declared, and rules that are tried out change nothing', () => {
  const outcomes = { valid: 0, through: 0, refused: 0, tried: 0 };
  const met = new Set<string>();
  fc.assert(
    fc.property(randomApp, fc.array(fc.boolean(), { minLength: 2, maxLength: 2 }), (given, tried) => {
      const declarations = given.declarations.map((one) => ambient(one, tried));
      let objects: any[];
      try {
        const app = build(declarations);
        const problems = app.node.validate();
        if (problems.length > 0) throw new Error(problems.join('\n'));
        objects = app.charts.flatMap((chart) => chart.toJson());
      } catch (error) {
        const { message } = error as Error;
        must(/^\[[A-Z]\w+\] [^]*\n {2}fix: /.test(message), 'an error without a code or a fix', message);
        return;
      }
      checkNames(objects.filter(({ apiVersion }) => !apiVersion.startsWith('gateway.networking')));
      must(
        objects.every(({ metadata }) => metadata.namespace === 'istio-egress'),
        'something stands in a namespace of clients',
        objects,
      );
      const meanings = declarations.map((one) => meant(one) as Declared);
      checkRoutes(objects, meanings);
      const counts = checkCalls(objects, meanings);
      outcomes.valid++;
      for (const key of ['through', 'refused', 'tried'] as const) outcomes[key] += counts[key];
      for (const { ports, named } of meanings) {
        for (const { kind } of ports) met.add(kind);
        if (named.some((host) => host.startsWith('*'))) met.add('wildcard');
      }
    }),
    { numRuns: 1500 },
  );
  expect(outcomes.valid).toBeGreaterThan(300);
  expect(outcomes.through).toBeGreaterThan(1000);
  expect(outcomes.refused).toBeGreaterThan(1000);
  expect(outcomes.tried).toBeGreaterThan(300);
  expect([...met].sort()).toEqual(['http', 'tcp', 'tls', 'wildcard']);
}, 120_000);
