import { App, Chart } from 'cdk8s';
import fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import { clientOf, Given, GivenApp, randomApp, ruleOf, rulesOf } from './arbitraries';
import { checkLed, checkOnce } from './led';
import { around, Caller, leadsTo, mayCall, mayConnect, Meant, meant } from './meaning';
import { Http, letsThrough, serverTakes } from './policies';
import { checkNames, checkRoutes, checkServed, must } from './references';
import { routerOf } from './routes';
import { dishonest, honest, readAuthority } from '../../e2e/adversary/grammar/authorities';
import { Egress, EgressGateway, EgressPort, GatewayWorkload, EgressExit, Mesh, SidecarExit } from '../../src';

const HTTP = 8080;
const OPAQUE = 8443;

/** Makes the declarations in one app. */
function build({ declarations, dnsProxying, oneService }: GivenApp): App {
  const app = new App({ outdir: '/nonexistent' });
  Mesh.configure(app, { dnsProxying });
  const platform = new Chart(app, 'platform');
  const labels = { istio: 'egress' };
  const ports = { httpTargetPort: HTTP, tlsTargetPort: OPAQUE };
  const workload = GatewayWorkload.existing({
    labels,
    service: 'egress',
    tlsService: oneService ? undefined : 'egress-tls',
    ...ports,
  });
  const exits: Record<Given['exit'], EgressExit> = {
    own: new EgressGateway(platform, 'Exit', { workload }),
    imported: EgressGateway.imported({ namespace: 'elsewhere' }),
    sidecar: new SidecarExit(),
  };
  const charts = ['app', 'other'].map((id) => new Chart(app, id));
  declarations.forEach(({ id, exit, ...given }, index) => {
    new Egress(charts[index % 2], `${id}-${index}`, {
      ...given,
      exit: exits[exit],
      ports: given.ports.map(({ make }) => make()),
      clients: given.clients.map(clientOf),
      rules: rulesOf(given.rules, ruleOf),
    });
  });
  return app;
}

/** The objects of an app that passes all checks of the whole tree. */
function objectsOf(app: App): any[] {
  const problems = app.node.validate();
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return app.charts.flatMap((chart) => chart.toJson());
}

/** The same by way of its YAML. */
function parsed(app: App): any[] {
  const yaml = app.synthYaml();
  return parseAllDocuments(yaml, { uniqueKeys: true }).map((document) => {
    must(document.errors.length === 0, 'a YAML error', yaml);
    return document.toJS();
  });
}

const REQUESTS: Omit<Http, 'authority'>[] = [
  { method: 'GET', path: '/', headers: {} },
  { method: 'POST', path: '/v1/a', headers: { 'x-y': 'ab' } },
  { method: 'DELETE', path: '/v1/1/b', headers: { x: '1' } },
  { method: 'GET', path: '/v1/a', headers: { x: '2', 'x-y': 'ab' } },
  { method: 'GET', path: '/v2', headers: { x: '1', 'x-y': 'b' } },
];

/** What a model says of calls that arrive at an exit. */
interface Model {
  call(caller: Caller, host: string, port: number, http: Http): boolean;
  /** The host and port outside that a name and port stand for. */
  leads(host: string, port: number): { host: string; port: number } | undefined;
  connect(caller: Caller | undefined, name: string): boolean;
}

const same = (a?: { host: string; port: number }, b?: { host: string; port: number }) =>
  a?.host === b?.host && a?.port === b?.port;

/** The servers, routes and policies of an exit let through what the declarations mean, and nothing else. Returns what was let through. */
function checkExit(objects: any[], namespace: string, declarations: Meant[], model: Model) {
  const gateway = objects.find(({ kind, metadata }) => kind === 'Gateway' && metadata.namespace === namespace);
  const policies = objects.filter(
    ({ kind, metadata }) => kind === 'AuthorizationPolicy' && metadata.namespace === namespace,
  );
  const routeTaken = routerOf(
    objects.filter(
      ({ kind, metadata, spec }) => kind === 'VirtualService' && metadata.namespace === namespace && spec.gateways,
    ),
  );
  const { callers, hosts, ports, names } = around(declarations);
  const counts = { through: 0, refused: 0 };
  const compare = (actual: boolean, expected: boolean, call: object) => {
    must(actual === expected, `${expected ? 'refused' : 'let through'} against what is declared`, { call, policies });
    counts[actual ? 'through' : 'refused']++;
  };
  let turn = 0;
  for (const caller of callers) {
    for (const host of hosts) {
      for (const port of ports) {
        // In turn: several requests, every form of the Host header, and whatever server name the caller likes.
        const request = REQUESTS[turn++ % REQUESTS.length];
        const other = { host: hosts[turn % hosts.length], port: ports[Math.floor(turn / 4) % ports.length] };
        const good = honest({ host, port });
        const bad = dishonest({ host, port }, other);
        for (const authority of [
          good[turn % good.length],
          bad[turn % bad.length],
          bad[Math.floor(turn / 8) % bad.length],
        ]) {
          const http = { ...request, authority };
          const call = { targetPort: HTTP, caller, serverName: names[turn % names.length], http };
          const to = routeTaken(http);
          const means = readAuthority(authority);
          const may = means !== undefined && model.call(caller, means.host, means.port, http);
          compare(to !== undefined && letsThrough(policies, call), may, call);
          // What the policy judged is where the route leads.
          if (may) must(same(to, model.leads(means.host, means.port)), 'led to another host', { call, to });
        }
      }
    }
  }
  for (const caller of [...callers, undefined]) {
    for (const serverName of names) {
      const call = { targetPort: OPAQUE, caller, serverName };
      const taken = serverTakes(gateway, call, new Map([[443, OPAQUE]])) ?? false;
      compare(taken && letsThrough(policies, call), model.connect(caller, serverName), call);
    }
  }
  return counts;
}

test('10,000 random apps: policies that let exactly what is declared through, or an error with a code', () => {
  const outcomes = { valid: 0, refused: 0, through: 0, stopped: 0, ways: 0 };
  const met = new Set<string>();
  fc.assert(
    fc.property(randomApp, (given) => {
      let objects;
      let app;
      try {
        app = build(given);
        objects = objectsOf(app);
      } catch (error) {
        const { message } = error as Error;
        must(/^\[[A-Z]\w+\] [^]*\n {2}fix: /.test(message), 'an error without a code or a fix', message);
        met.add(/^\[(\w+)\]/.exec(message)![1]);
        outcomes.refused++;
        return;
      }
      // YAML takes most of the time: each eighth app is written and read again, and must come out the same.
      if (outcomes.valid % 8 === 0) expect(parsed(app)).toEqual(JSON.parse(JSON.stringify(objects)));
      const declarations = given.declarations.map(meant);
      const namespaces = declarations.flatMap(({ clients }) => clients.map((client) => client.split('/')[0]));
      checkNames(objects);
      checkRoutes(objects, new Set(namespaces));
      checkServed(objects);
      checkOnce(objects, new Set(namespaces.filter((namespace) => namespace !== '*')));
      const own = declarations.filter(({ exit }) => exit === 'own');
      outcomes.ways += checkLed(objects, 'istio-egress', own);
      const { through, refused } = checkExit(objects, 'istio-egress', own, {
        call: (caller, host, port, http) => mayCall(own, caller, host, port, http),
        leads: (host, port) => leadsTo(own, host, port),
        connect: (caller, name) => mayConnect(own, caller, name),
      });
      outcomes.through += through;
      outcomes.stopped += refused;
      outcomes.valid++;
      for (const { exit, ports } of declarations) for (const { kind } of ports) met.add(`${exit} ${kind}`);
      if (declarations.some(({ named }) => named.some((host) => host.startsWith('*')))) met.add('wildcard');
      if (own.some(({ rules }) => rules.some(({ action }) => action === 'deny'))) met.add('deny');
    }),
    { numRuns: 10_000 },
  );
  // Nothing of it may become empty without anyone noticing.
  expect(outcomes.valid).toBeGreaterThan(2000);
  expect(outcomes.refused).toBeGreaterThan(2000);
  expect(outcomes.through).toBeGreaterThan(10_000);
  expect(outcomes.ways).toBeGreaterThan(3000);
  expect(outcomes.stopped).toBeGreaterThan(10_000);
  const exits = ['own', 'imported', 'sidecar'].flatMap((exit) =>
    ['http', 'tls', 'tcp'].map((kind) => `${exit} ${kind}`),
  );
  expect([...met]).toEqual(expect.arrayContaining([...exits, 'own open', 'wildcard', 'deny', 'DestinationConflict']));
}, 600_000);

test('200 odd but valid hosts give valid YAML', () => {
  const hosts = Array.from(
    { length: 200 },
    (_, i) => ['UPPER', 'bücher', 'dot', 'x--y'][i % 4] + `${i}.Example${i % 2 ? '.' : ''}`,
  );
  const ports = [EgressPort.tlsOrigination(), EgressPort.http({ port: 8080 }), EgressPort.tlsPassthrough()];
  const app = build({
    declarations: [
      {
        id: 'many',
        exit: 'own',
        hosts,
        ports: ports.map((port) => ({ kind: 'http', port: 0, upstreamPort: 0, make: () => port })),
        clients: ['a/*', 'b/*'],
        rules: [],
      },
    ],
    dnsProxying: false,
    oneService: true,
  });
  const objects = parsed(app);
  checkNames(objects);
  checkRoutes(objects, new Set(['a', 'b']));
  checkServed(objects);
  // Per host ServiceEntry, DestinationRule and two VirtualServices at the exit, and two objects in each of two namespaces; the
  // exit's own; per namespace a policy and a rule.
  expect(objects).toHaveLength(200 * (4 + 2 * 2) + 2 + 2 * 2);
});
