import { Chart, Testing } from 'cdk8s';
import fc from 'fast-check';
import { Attempt, refusals } from './admission';
import { BAD, EXIT, GOOD, guarded, object } from './ways-out';
import {
  AdmissionGuard,
  Egress,
  EgressClient,
  EgressGateway,
  EgressGuard,
  EgressPort,
  EgressWaypoint,
  ExitGuard,
  GuardedNamespaces,
  GuardMode,
  IngressGateway,
  IngressProxy,
  InCluster,
  SidecarExit,
  TlsCredential,
  UpstreamProxy,
} from '../../src';
import { Manifests } from '../../src/assertions';
import { openTcp } from '../fixtures';

const NAMESPACES = ['payments', 'shop', 'tools'];

const PORTS = {
  http: () => EgressPort.http(),
  tlsOrigination: () => EgressPort.tlsOrigination({ port: 8080 }),
  tlsPassthrough: () => EgressPort.tlsPassthrough(),
  tcp: () => openTcp(5432),
};

const declaration = fc.record({
  exit: fc.constantFrom('own', 'second', 'imported', 'waypoint', 'sidecar'),
  port: fc.constantFrom(...(Object.keys(PORTS) as (keyof typeof PORTS)[])),
  namespace: fc.constantFrom(...NAMESPACES),
  account: fc.boolean(),
});
type Declared = typeof declaration extends fc.Arbitrary<infer T> ? T : never;

const scenario = fc.record({
  declarations: fc.array(declaration, { maxLength: 5 }),
  modes: fc.array(fc.constantFrom(...Object.values(GuardMode)), { minLength: 3, maxLength: 3 }),
  published: fc.boolean(),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

function synthesize({ declarations, modes, published }: Scenario): Manifests {
  const app = Testing.app();
  const platform = new Chart(app, 'platform');
  const exits = {
    own: new EgressGateway(platform, 'Exit'),
    second: new EgressGateway(platform, 'Second', { name: 'second', namespace: 'edge' }),
    imported: EgressGateway.imported({ name: 'other', namespace: 'elsewhere' }),
    waypoint: new EgressWaypoint(platform, 'Waypoint', { namespace: 'ambient-egress' }),
    sidecar: new SidecarExit(),
  };
  const admission = new AdmissionGuard(platform, 'Admission', { mode: GuardMode.ENFORCE });
  NAMESPACES.forEach((namespace, index) => {
    new EgressGuard(platform, `Guard ${namespace}`, {
      namespaces: GuardedNamespaces.named([namespace]),
      inCluster: InCluster.none(),
      mode: modes[index],
      admission,
      directPortsToAnyAddress: true,
    });
  });
  new ExitGuard(platform, 'ExitGuard', { exit: exits.own, clusterRanges: ['10.0.0.0/8'] });
  const chart = new Chart(app, 'apps');
  declarations.forEach(({ exit, port, namespace, account }, index) => {
    const named = account && exit !== 'sidecar';
    new Egress(chart, `D${index}`, {
      hosts: [`h${index}.example`],
      exit: exits[exit],
      ports: [PORTS[port]()],
      clients: [named ? EgressClient.serviceAccount(namespace, 'app') : EgressClient.namespace(namespace)],
      addresses: port === 'tcp' ? [`192.0.2.${index + 1}`] : undefined,
    });
  });
  if (published) {
    const gateway = IngressGateway.imported({ namespace: 'ingress' });
    const ports = [EgressPort.tlsPassthrough()];
    new IngressProxy(chart, 'Served', { hosts: ['served.example'], ports, ingress: gateway });
    const clients = [EgressClient.namespace('shop')];
    const ingress = { gateway, credential: TlsCredential.named('c') };
    new UpstreamProxy(chart, 'Named', { host: 'ours.example', upstreamHost: 'theirs.example', ingress, clients });
  }
  return Manifests.fromApp(app);
}

/** Where the pods of each exit listen for HTTP and for what is not read. */
const TARGETS: { [exit: string]: [place: string, http: number, opaque: number] } = {
  own: ['istio-egress/istio-egress', 8080, 8443],
  second: ['edge/second.edge', 8080, 8443],
  imported: ['elsewhere/other.elsewhere', 8080, 8443],
  waypoint: ['ambient-egress/egress-waypoint', 15008, 15008],
};

/** The openings that a namespace needs besides DNS and istiod, from the declarations alone. */
function needed(namespace: string, { declarations, published }: Scenario): string[] {
  const needs = declarations
    .filter((declared) => declared.namespace === namespace)
    .flatMap(({ exit, port }: Declared) => {
      const upstream = { http: 80, tlsOrigination: 443, tlsPassthrough: 443, tcp: 5432 }[port];
      if (exit === 'sidecar') return [`0.0.0.0/0 ${upstream}`, `::/0 ${upstream}`];
      const [place, http, opaque] = TARGETS[exit];
      return [`${place} ${port === 'http' || port === 'tlsOrigination' ? http : opaque}`];
    });
  if (published && namespace === 'shop') needs.push('named/named 8080');
  return [...new Set(needs)].sort();
}

/** The openings that there are. */
function opened(policy: any): string[] {
  const all = policy.spec.egress.slice(2).flatMap(({ to, ports }: any) =>
    to.flatMap(({ namespaceSelector, podSelector, ipBlock }: any) => {
      const [place] = Object.values(namespaceSelector?.matchLabels ?? {});
      const [pods] = Object.values(podSelector?.matchLabels ?? {});
      return ports.map(({ port }: any) => `${ipBlock ? ipBlock.cidr : `${place}/${pods}`} ${port}`);
    }),
  );
  return [...new Set<string>(all)].sort();
}

test('random apps: as many openings as needed, and admission lets everything pass', () => {
  const attempts: Attempt[] = [];
  fc.assert(
    fc.property(scenario, (given) => {
      const manifests = synthesize(given);
      NAMESPACES.forEach((namespace, index) => {
        const policies = manifests.find({ kind: 'NetworkPolicy', namespace });
        expect(policies).toHaveLength(given.modes[index] === GuardMode.ENFORCE ? 1 : 0);
        if (policies.length > 0) expect(opened(policies[0])).toEqual(needed(namespace, given));
      });
      const app = manifests.all;
      attempts.push(...app.map((made) => ({ app, object: made })));
    }),
    { numRuns: 200 },
  );
  const answers = refusals(attempts);
  const refused = attempts.filter((_, index) => answers[index].length > 0).map(({ object: made }) => made);
  expect(refused).toEqual([]);
  expect(attempts.length).toBeGreaterThan(5000);
}, 120_000);

/** Namespaces as an app has them: closed, warned, observed, without a guard, and the platform's. */
const PLACES = ['payments', 'warned', 'legacy', 'tools', 'other', EXIT, 'istio-system'];

/** Modes of the admission guard, of the app's guards, and what anybody may write beside what an object says. */
const dressed = fc.record({
  mode: fc.constantFrom(...Object.values(GuardMode)),
  pick: fc.nat(),
  place: fc.constantFrom(...PLACES),
  annotations: fc.constantFrom(
    undefined,
    { 'cdk8s-istio-egress/admission': 'egress-guard' },
    { 'kubectl.kubernetes.io/last-applied-configuration': '{}', a: 'b' },
  ),
  labels: fc.constantFrom(undefined, { 'egress-guard': 'exempt' }, { 'istio.io/use-waypoint': 'none' }),
  going: fc.boolean(),
  name: fc.constantFrom('x', 'payments-platform-closed', 'istio-egress'),
});

test('the catalogue of ways out, anywhere, in any mode, whatever else the object says: refused exactly where something enforces', () => {
  const apps = new Map(
    Object.values(GuardMode).map((mode) => {
      const fixture = guarded({ mode, clusterRanges: ['10.244.0.0/16'], identityProviders: ['keys.example'] });
      fixture.guard('Closed', 'payments', GuardMode.ENFORCE);
      fixture.guard('Warned', 'warned', GuardMode.WARN);
      fixture.guard('Watched', 'legacy', GuardMode.OBSERVE);
      return [mode, fixture.manifests().all];
    }),
  );
  const enforces = (mode: GuardMode, place: string) =>
    place === 'payments' || (mode === GuardMode.ENFORCE && ['tools', 'other'].includes(place));
  /** What is a way out only in a namespace that a guard closes. */
  const isGuardedOnly = ([kind, , message]: (typeof BAD)[number]) =>
    ['NetworkPolicy', 'Telemetry'].includes(kind) || message === "the guard's Sidecar";
  const attempts: (Attempt & { readonly expected: boolean })[] = [];
  fc.assert(
    fc.property(dressed, ({ mode, pick, place, annotations, labels, going, name }) => {
      const app = apps.get(mode)!;
      const bad = BAD[pick % BAD.length];
      const [kind, spec] = bad;
      const metadata = { annotations, labels, name, namespace: place, ...(going && { deletionTimestamp: 'now' }) };
      const made = { ...object(kind, spec, place), metadata };
      const before = going && { ...object(kind, { before: true }, place), metadata };
      const expected = enforces(mode, place) && (place === 'payments' || !isGuardedOnly(bad));
      attempts.push({ app, object: made, oldObject: before || undefined, expected });
      const [usual, said, where] = GOOD[pick % GOOD.length];
      if (where === undefined) attempts.push({ app, object: object(usual, said, 'payments'), expected: false });
    }),
    { numRuns: 3000 },
  );
  const answers = refusals(attempts);
  const wrong = attempts.filter(({ expected }, index) => answers[index].length > 0 !== expected);
  expect(wrong.map(({ object: made, expected }) => ({ made, expected }))).toEqual([]);
}, 120_000);
