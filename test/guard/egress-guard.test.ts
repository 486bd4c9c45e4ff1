import { ApiObject, App, Chart } from 'cdk8s';
import {
  AdmissionGuard,
  EgressClient,
  EgressGateway,
  EgressGuard,
  EgressGuardProps,
  EgressPort,
  EgressWaypoint,
  GuardedNamespaces,
  GuardMode,
  GuardScope,
  GatewayWorkload,
  HttpEgress,
  HttpRule,
  InCluster,
  SidecarExit,
  TlsOriginationEgress,
  TlsPassthroughEgress,
} from '../../src';
import { Manifests } from '../../src/assertions';
import { neverOutside } from '../../src/destination/special-addresses';
import { failing, world } from '../fixtures';

const namespaces = GuardedNamespaces.named(['payments']);
const inCluster = InCluster.none();

function guarded(props: Partial<EgressGuardProps> = {}) {
  const fixture = world();
  const guard = new EgressGuard(fixture.platform, 'Guard', { namespaces, inCluster, ...props });
  const egress = (namespace = 'payments') => fixture.manifests().only({ kind: 'NetworkPolicy', namespace }).spec.egress;
  const imports = () => fixture.manifests().only({ kind: 'Sidecar', namespace: 'payments' }).spec.egress[0].hosts;
  return { ...fixture, guard, egress, imports };
}

/** Each opening on a line: whom, and the ports. */
function lines(egress: any[]): string[] {
  return egress.map(({ to, ports }) => {
    const peers = to.map(({ namespaceSelector, podSelector, ipBlock }: any) =>
      [
        Object.values(namespaceSelector?.matchLabels ?? {}).join() ||
          namespaceSelector?.matchExpressions?.[0].values.join('|') ||
          (namespaceSelector ? 'every namespace' : ''),
        Object.values(podSelector?.matchLabels ?? {}).join() || (podSelector ? 'own pods' : ''),
        ipBlock?.cidr ?? '',
      ].join('/'),
    );
    const numbers = ports?.map(({ protocol, port }: any) => `${protocol}${port}`) ?? ['every port'];
    return `${peers.join(' ')} ${numbers.join()}`;
  });
}

const DNS = 'kube-system/kube-dns/ UDP53,TCP53';
const ISTIOD = 'istio-system/istiod/ TCP15012';
const EXIT_HTTP = 'istio-egress/istio-egress/ TCP8080';

/** Sidecars capture DNS over TCP, which large answers need. */
const OWN = ['./*', 'kube-system/kube-dns.kube-system.svc.cluster.local'];

test('a namespace that declares nothing reaches DNS and istiod, and knows itself and DNS', () => {
  const { egress, imports, manifests } = guarded();
  expect(lines(egress())).toEqual([DNS, ISTIOD]);
  expect(imports()).toEqual(OWN);
  manifests().has({ kind: 'NetworkPolicy' }, { spec: { podSelector: {}, policyTypes: ['Egress'] } });
  manifests().has({ kind: 'Sidecar' }, { spec: { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } } });
});

test('a declaration opens the exit on its target port, whenever it is made, for its own namespace alone', () => {
  const { egress, imports, chart, exit, clients } = guarded({
    namespaces: GuardedNamespaces.named(['payments', 'shop']),
  });
  new TlsOriginationEgress(chart, 'Stripe', { hosts: ['api.stripe.com'], exit, clients });
  expect(lines(egress())).toEqual([DNS, ISTIOD, EXIT_HTTP]);
  expect(imports()).toEqual(['./*', 'istio-egress/istio-egress.istio-egress.svc.cluster.local', OWN[1]]);
  expect(lines(egress('shop'))).toEqual([DNS, ISTIOD]);
});

test('what is not read goes to the other port and Service of the exit', () => {
  const { egress, imports, chart, exit, clients } = guarded();
  new TlsPassthroughEgress(chart, 'Stripe', { hosts: ['api.stripe.com'], exit, clients });
  expect(lines(egress()).at(-1)).toBe('istio-egress/istio-egress/ TCP8443');
  expect(imports()).toEqual(['./*', 'istio-egress/istio-egress-tls.istio-egress.svc.cluster.local', OWN[1]]);
});

test("the platform's repo opens what it grants, with nothing from the application's", () => {
  const { egress, exit, clients } = guarded();
  exit.grant('Stripe', { hosts: ['api.stripe.com'], ports: [EgressPort.tlsOrigination()], clients });
  expect(lines(egress()).at(-1)).toBe(EXIT_HTTP);
});

test("the application's repo opens what it declares through an imported exit", () => {
  const { egress, chart, clients } = guarded();
  new HttpEgress(chart, 'A', { hosts: ['a.example'], exit: EgressGateway.imported({ name: 'edge' }), clients });
  expect(lines(egress()).at(-1)).toBe('istio-egress/edge.istio-egress/ TCP8080');
});

test('hosts for the whole mesh are imported one by one: their routes stand beside the exit', () => {
  const { imports, chart, exit } = guarded();
  new HttpEgress(chart, 'A', { hosts: ['b.example', 'a.example'], exit, clients: [EgressClient.anyInMesh()] });
  expect(imports()).toEqual([
    './*',
    'istio-egress/a.example',
    'istio-egress/b.example',
    'istio-egress/istio-egress.istio-egress.svc.cluster.local',
    OWN[1],
  ]);
});

test('in the cluster only what is said is open', () => {
  const some = guarded({ inCluster: InCluster.namespaces(['shop', '.']).andKubernetesApi(['192.0.2.1']) });
  expect(lines(some.egress()).slice(2)).toEqual(['/own pods/ shop// every port', '//192.0.2.1/32 TCP6443']);
  expect(some.imports()).toEqual([
    './*',
    'default/kubernetes.default.svc.cluster.local',
    OWN[1],
    'shop/*.shop.svc.cluster.local',
  ]);
  const all = guarded({ inCluster: InCluster.all() });
  expect(all.imports()).toEqual(['./*', '*/*.svc.cluster.local']);
});

test("all workloads of the cluster are not Istio's own, and not those of exits", () => {
  const { egress, platform, chart } = guarded({ inCluster: InCluster.all() });
  new EgressWaypoint(platform, 'Waypoint', { namespace: 'edge' });
  const exit = EgressGateway.imported({ namespace: 'elsewhere' });
  new HttpEgress(chart, 'A', { hosts: ['a.example'], exit, clients: [EgressClient.namespace('shop')] });
  const values = ['edge', 'elsewhere', 'istio-egress', 'istio-system'];
  const expression = { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values };
  expect(egress().at(-1)).toEqual({ to: [{ namespaceSelector: { matchExpressions: [expression] } }] });
});

test('DNS on the node, other places of DNS and istiod, and what proxies call', () => {
  const { egress, imports } = guarded({
    cluster: {
      dnsNamespace: 'openshift-dns',
      dnsLabels: { dns: 'default' },
      dnsService: 'dns-default',
      dnsPort: 5353,
      nodeLocalDns: ['169.254.20.10'],
      istiodNamespace: 'istiod-blue',
      istiodLabels: { app: 'istiod', 'istio.io/rev': 'blue' },
    },
    backends: [{ namespace: 'tracing', service: 'collector', targetPort: 4317, labels: { app: 'otel' } }],
  });
  expect(lines(egress())).toEqual([
    'openshift-dns/default/ UDP5353,TCP5353',
    '//169.254.20.10/32 UDP53,TCP53',
    'istiod-blue/istiod,blue/ TCP15012',
    'tracing/otel/ TCP4317',
  ]);
  expect(imports()).toEqual([
    './*',
    'openshift-dns/dns-default.openshift-dns.svc.cluster.local',
    'tracing/collector.tracing.svc.cluster.local',
  ]);
});

test('what the network policy opens by address, sidecars know', () => {
  const entry = (props: Partial<EgressGuardProps>) =>
    guarded(props)
      .manifests()
      .find({ kind: 'ServiceEntry', namespace: 'payments' })
      .filter(({ spec }) => spec.addresses)
      .map(({ spec: { addresses, ports, resolution, exportTo } }) => ({ addresses, ports, resolution, exportTo }));
  const tcp = (number: number) => ({ name: `tcp-${number}`, number, protocol: 'TCP' });
  const known = { resolution: 'NONE', exportTo: ['.'] };
  const cluster = { nodeLocalDns: ['169.254.20.10'] };
  expect(entry({ cluster })).toEqual([{ addresses: ['169.254.20.10'], ports: [tcp(53)], ...known }]);
  expect(entry({ inCluster: InCluster.all().andPodsByAddress(['10.244.0.0/16'], [9092, 5432]) })).toEqual([
    { addresses: ['10.244.0.0/16'], ports: [tcp(5432), tcp(9092)], ...known },
  ]);
  expect(entry({ cluster, scope: GuardScope.ambient() })).toEqual([]);
  expect(entry({ cluster, scope: GuardScope.sidecars({ sidecarsFollowMesh: true }) })).toEqual([]);
  expect(entry({ cluster, mode: GuardMode.OBSERVE })).toEqual([]);
  const pods = (ranges: string[], ports: number[]) => () => InCluster.all().andPodsByAddress(ranges, ports);
  expect(pods([], [80])).toThrow(failing('AddressSyntax'));
  expect(pods(['10.244.0.0/16'], [])).toThrow(failing('PortsMissing'));
});

test('knows exits that only other repos use', () => {
  const { egress, imports } = guarded({ exits: [EgressGateway.imported({ name: 'edge' })] });
  expect(lines(egress()).at(-1)).toBe('istio-egress/edge.istio-egress/ TCP8080,TCP8443');
  expect(imports().slice(1)).toEqual([
    'istio-egress/edge-tls.istio-egress.svc.cluster.local',
    'istio-egress/edge.istio-egress.svc.cluster.local',
    OWN[1],
  ]);
});

test('an ambient namespace needs no istiod, reaches exits by HBONE, and has no Sidecar', () => {
  const { egress, chart, exit, clients, manifests } = guarded({ scope: GuardScope.ambient() });
  new HttpEgress(chart, 'A', { hosts: ['a.example'], exit, clients });
  expect(lines(egress())).toEqual([DNS, 'istio-egress/istio-egress/ TCP15008']);
  manifests().countIs({ kind: 'Sidecar' }, 0);
});

test('an ambient namespace reaches a waypoint, made here or elsewhere', () => {
  const { egress, chart, clients, platform } = guarded({ scope: GuardScope.ambient() });
  const hosts = ['a.example'];
  new HttpEgress(chart, 'A', { hosts, exit: new EgressWaypoint(platform, 'Waypoint'), clients });
  new HttpEgress(chart, 'B', { hosts, exit: EgressWaypoint.imported({ namespace: 'edge' }), clients });
  expect(lines(egress()).slice(1)).toEqual([
    'edge/egress-waypoint/ TCP15008',
    'istio-egress/egress-waypoint/ TCP15008',
  ]);
});

test('each layer can be left out', () => {
  const open = { podsMayBypassSidecar: true, sidecarsFollowMesh: true, accessLogFollowsMesh: true };
  const { manifests, guard } = guarded({ scope: GuardScope.sidecars(open) });
  for (const kind of ['NetworkPolicy', 'Sidecar', 'Telemetry', 'ServiceEntry']) manifests().countIs({ kind }, 0);
  expect([guard.networkPolicies, guard.sidecars, guard.telemetries]).toEqual([[], [], []]);
});

test('has sidecars read the names of undeclared hosts, without leading anywhere', () => {
  const spec = (props?: Partial<EgressGuardProps>) =>
    guarded(props).manifests().only({ kind: 'ServiceEntry', namespace: 'payments' }).spec;
  expect(spec()).toEqual({
    exportTo: ['.'],
    hosts: ['undeclared.payments.invalid'],
    ports: [
      { name: 'http-80', number: 80, protocol: 'HTTP' },
      { name: 'tls-443', number: 443, protocol: 'TLS' },
    ],
    resolution: 'STATIC',
  });
  expect(spec({ namedHttpPorts: [8080], namedTlsPorts: [] }).ports).toHaveLength(1);
  guarded({ namedHttpPorts: [], namedTlsPorts: [] }).manifests().countIs({ kind: 'ServiceEntry' }, 0);
  expect(() => guarded({ namedTlsPorts: [0] })).toThrow(failing('OutOfRange'));
});

test.each([GuardMode.OBSERVE, GuardMode.WARN])('%s refuses nothing and logs what sidecars send', (mode) => {
  const { manifests, chart, exit, clients } = guarded({ mode });
  new HttpEgress(chart, 'A', { hosts: ['a.example'], exit, clients });
  manifests().countIs({ kind: 'NetworkPolicy' }, 0);
  manifests().has(
    { kind: 'Sidecar' },
    { spec: { outboundTrafficPolicy: { mode: 'ALLOW_ANY' }, egress: [{ hosts: ['*/*'] }] } },
  );
  manifests().has(
    { kind: 'Telemetry', namespace: 'payments' },
    { spec: { accessLogging: [{ providers: [{ name: 'envoy' }] }] } },
  );
});

/** The exit's policies, and the annotation of those that are only tried out. */
const policies = (manifests: () => Manifests) =>
  Object.fromEntries(
    manifests()
      .find({ kind: 'AuthorizationPolicy' })
      .map(({ metadata }) => [metadata.name, metadata.annotations?.['istio.io/dry-run']]),
  );

test.each(['before', 'after'])(
  'an observed namespace is let through by a policy of its own; what is granted holds meanwhile, guarded %s it is declared',
  (when) => {
    const { manifests, platform, chart, exit } = world();
    const guard = () => new EgressGuard(platform, 'Guard', { namespaces, inCluster, mode: GuardMode.WARN });
    if (when === 'before') guard();
    const clients = [EgressClient.namespace('payments'), EgressClient.namespace('shop')];
    const rules = [HttpRule.deny({ paths: ['/admin/*'] })];
    new HttpEgress(chart, 'A', { hosts: ['a.example'], exit, clients, rules });
    if (when === 'after') guard();
    expect(policies(manifests)).toEqual({
      'istio-egress': undefined,
      'istio-egress.payments': undefined,
      'istio-egress.payments.deny': 'true',
      'istio-egress.payments.dry-run': 'true',
      'istio-egress.payments.observed': undefined,
      'istio-egress.shop': undefined,
      'istio-egress.shop.deny': undefined,
    });
    const spec = (name: string) => manifests().only({ kind: 'AuthorizationPolicy', name }).spec;
    expect(spec('istio-egress').rules).toBeUndefined();
    expect(spec('istio-egress.payments.observed')).toMatchObject({
      action: 'ALLOW',
      // With hosts, it holds for no connection that the exit does not read.
      rules: [
        { from: [{ source: { namespaces: ['payments'] } }], to: [{ operation: { hosts: ['*'], ports: ['8080'] } }] },
      ],
    });
  },
);

test('an enforced namespace leaves the exit as it is', () => {
  const { manifests, chart, exit, clients } = guarded();
  new HttpEgress(chart, 'A', { hosts: ['a.example'], exit, clients });
  expect(policies(manifests)).toEqual({ 'istio-egress': undefined, 'istio-egress.payments': undefined });
});

test('names namespaces by the labels of Namespaces that the app makes', () => {
  const { app, platform, manifests } = world();
  const namespace = (name: string, labels?: { [key: string]: string }) =>
    new ApiObject(platform, name, { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
  namespace('shop', { egress: 'guarded' });
  namespace('free');
  const labelled = GuardedNamespaces.labelled({ egress: 'guarded' });
  expect(new EgressGuard(platform, 'Guard', { namespaces: labelled, inCluster }).namespaces).toEqual(['shop']);
  manifests().countIs({ kind: 'Sidecar' }, 1);
  namespace('late', { egress: 'guarded' });
  expect(() => (app as App).synthYaml()).toThrow(/\[GuardNamespaces\][^]*"late"/);
});

test('refuses what names no namespace, and what says nothing of the cluster', () => {
  const { platform } = world();
  const make = (id: string, props: any) => () => new EgressGuard(platform, id, props);
  expect(make('A', { namespaces: GuardedNamespaces.named([]), inCluster })).toThrow(failing('GuardNamespaces'));
  expect(make('B', { namespaces: GuardedNamespaces.labelled({ a: 'b' }), inCluster })).toThrow(
    failing('GuardNamespaces', 'Namespaces before'),
  );
  expect(make('C', { namespaces: ['payments'], inCluster })).toThrow(failing('WrongType', 'namespaces'));
  expect(make('D', { namespaces })).toThrow(failing('WrongType', 'inCluster'));
  expect(make('E', { namespaces, inCluster, mode: 'enforce' })).toThrow(failing('WrongType', 'mode'));
  expect(() => InCluster.namespaces([])).toThrow(failing('NameSyntax'));
  expect(() => InCluster.none().andKubernetesApi(['10.0.0.0/33'])).toThrow(failing('AddressSyntax', '10.0.0.0/33'));
  expect(() => InCluster.none().andKubernetesApi([])).toThrow(failing('AddressSyntax'));
  expect(() => InCluster.none().andKubernetesApi(['169.254.169.254'])).toThrow(failing('NotOutside'));
  expect(() => InCluster.none().andKubernetesApi(['128.0.0.0/1'])).toThrow(failing('NotOutside'));
});

test('says when an exit cannot be named in a network policy', () => {
  const { chart, clients, app } = guarded();
  const exit = EgressGateway.imported({ service: 'edge' });
  new HttpEgress(chart, 'A', { hosts: ['a.example'], exit, clients });
  expect(() => app.synthYaml()).toThrow(/\[GuardExitUnknown\][^]*istio-egress\/istio-egress/);
});

test('an imported exit can be described', () => {
  const { egress, chart, clients } = guarded();
  const exit = EgressGateway.imported({ service: 'edge', labels: { app: 'edge' }, httpTargetPort: 9080 });
  new HttpEgress(chart, 'A', { hosts: ['a.example'], exit, clients });
  expect(lines(egress()).at(-1)).toBe('istio-egress/edge/ TCP9080');
});

test('pods that exist already need their target port', () => {
  const workload = GatewayWorkload.existing({ labels: { a: 'b' }, service: 'edge' });
  const { platform, chart, clients, exit, app } = world({ workload });
  new EgressGuard(platform, 'Guard', { namespaces, inCluster });
  new HttpEgress(chart, 'A', { hosts: ['a.example'], exit, clients });
  expect(() => app.synthYaml()).toThrow(/\[GuardExitUnknown\]/);
});

test('calls without a gateway open their port to every address only if that is said', () => {
  const direct = { hosts: ['a.example'], exit: new SidecarExit(), clients: [EgressClient.namespace('payments')] };
  const refused = guarded();
  new HttpEgress(refused.chart, 'A', direct);
  expect(() => refused.app.synthYaml()).toThrow(/\[GuardDirect\][^]*port 80/);

  const said = guarded({ directPortsToAnyAddress: true, clusterRanges: ['10.0.0.0/8'] });
  new HttpEgress(said.chart, 'A', direct);
  const [{ ipBlock }] = said.egress().at(-1).to;
  expect(ipBlock).toEqual({ cidr: '0.0.0.0/0', except: ['10.0.0.0/8', ...neverOutside(4)] });

  const known = guarded();
  new HttpEgress(known.chart, 'A', { ...direct, endpoints: [{ address: '192.0.2.7' }, { address: '2001:db8::7' }] });
  expect(lines(known.egress()).at(-1)).toBe('//192.0.2.7/32 //2001:db8::7/128 TCP80');
});

test('a waypoint refuses nothing to namespaces that are observed', () => {
  const { manifests, platform } = guarded({ mode: GuardMode.OBSERVE });
  new EgressWaypoint(platform, 'Waypoint');
  const spec = (name: string) => manifests().only({ kind: 'AuthorizationPolicy', name }).spec;
  expect(spec('egress-waypoint').rules).toBeUndefined();
  expect(spec('egress-waypoint.payments.observed')).toMatchObject({
    targetRefs: [{ kind: 'Gateway', name: 'egress-waypoint' }],
    rules: [{ from: [{ source: { namespaces: ['payments'] } }] }],
  });
});

test('an exit is not cut off by a guard: one without a declaration, a waypoint, or one of another repo', () => {
  const { app } = guarded({ namespaces: GuardedNamespaces.named(['istio-egress']) });
  expect(() => app.synthYaml()).toThrow(/\[GuardOnExit\][^]*istio-egress/);

  const waypoint = guarded();
  new EgressWaypoint(waypoint.platform, 'Waypoint', { namespace: 'payments' });
  expect(() => waypoint.app.synthYaml()).toThrow(/\[GuardOnExit\][^]*payments/);

  const elsewhere = guarded();
  const exit = EgressGateway.imported({ namespace: 'payments' });
  const clients = [EgressClient.namespace('shop')];
  new HttpEgress(elsewhere.chart, 'A', { hosts: ['a.example'], exit, clients });
  expect(() => elsewhere.app.synthYaml()).toThrow(/\[GuardOnExit\][^]*payments/);
});

test('a namespace has one guard', () => {
  const { app, platform } = guarded();
  const both = GuardedNamespaces.named(['payments', 'shop']);
  const scope = GuardScope.sidecars({ sidecarsFollowMesh: true, accessLogFollowsMesh: true });
  const rest = { scope, name: 'second' };
  new EgressGuard(platform, 'Second', { namespaces: both, inCluster, mode: GuardMode.OBSERVE, ...rest });
  expect(() => app.synthYaml()).toThrow(/\[GuardTwice\][^]*payments/);
});

test('a namespace has one Sidecar and one Telemetry for all of its workloads', () => {
  const { app } = guarded();
  const chart = new Chart(app, 'by-hand');
  const metadata = { namespace: 'payments', name: 'mine' };
  const sidecar = { apiVersion: 'networking.istio.io/v1', kind: 'Sidecar' };
  const selecting = { workloadSelector: { labels: { app: 'x' } } };
  new ApiObject(chart, 'some', { ...sidecar, metadata: { ...metadata, name: 'some' }, spec: selecting });
  expect(() => app.synthYaml()).not.toThrow();
  new ApiObject(chart, 'all', { ...sidecar, metadata, spec: { workloadSelector: {} } });
  expect(() => app.synthYaml()).toThrow(/\[SidecarTwice\]/);
  new ApiObject(chart, 'log', { apiVersion: 'telemetry.istio.io/v1', kind: 'Telemetry', metadata, spec: {} });
  expect(() => app.synthYaml()).toThrow(/\[TelemetryTwice\]/);
});

test('every guard enforces where no mode is said', () => {
  const { platform, manifests, guard } = guarded();
  new AdmissionGuard(platform, 'Admission');
  expect(guard.mode).toBe(GuardMode.ENFORCE);
  const { validationActions } = manifests().only({
    kind: 'ValidatingAdmissionPolicyBinding',
    name: 'egress-guard',
  }).spec;
  expect(validationActions).toContain('Deny');
});
