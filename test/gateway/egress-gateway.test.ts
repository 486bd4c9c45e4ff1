import { Chart, JsonPatch, Testing } from 'cdk8s';
import {
  Egress,
  EgressClient,
  EgressGateway,
  EgressGatewayProps,
  EgressPort,
  GatewayInstallation,
  GatewayWorkload,
  TlsCredential,
  UpstreamTls,
} from '../../src';
import { Manifests } from '../../src/assertions';
import { failing, world } from '../fixtures';

const SELECTOR = { matchLabels: { istio: 'istio-egress' } };

test('takes only mutual TLS of the mesh and only routes of its own namespace', () => {
  world()
    .manifests()
    .has(
      { kind: 'Gateway', namespace: 'istio-egress' },
      { spec: { servers: [{ port: { protocol: 'HTTPS' }, tls: { mode: 'ISTIO_MUTUAL' }, hosts: ['./*'] }] } },
    );
});

test('allows nothing before anything is granted', () => {
  const policies = world().manifests().find({ kind: 'AuthorizationPolicy' });
  expect(policies.map(({ spec }) => spec)).toEqual([{ selector: SELECTOR }]);
});

test('has two unprivileged pods with probes and limits', () => {
  const { spec } = world().manifests().only({ kind: 'Deployment' });
  expect(spec).toMatchObject({ selector: SELECTOR });
  world()
    .manifests()
    .has({ kind: 'HorizontalPodAutoscaler' }, { spec: { minReplicas: 2 } });
  expect(spec.template.metadata.labels).toMatchObject({ ...SELECTOR.matchLabels, 'sidecar.istio.io/inject': 'true' });
  expect(spec.template.metadata.annotations).toMatchObject({ 'inject.istio.io/templates': 'gateway' });
  expect(spec.template.spec.securityContext.runAsNonRoot).toBe(true);
  const [container, ...others] = spec.template.spec.containers;
  expect(others).toEqual([]);
  expect(container).toMatchObject({
    name: 'istio-proxy',
    image: 'auto',
    readinessProbe: { httpGet: { port: 15021 } },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true },
    resources: { requests: { cpu: '100m' }, limits: { memory: '1Gi' } },
  });
});

test('its Service leads to a port that needs no privilege', () => {
  world()
    .manifests()
    .has(
      { kind: 'Service' },
      { spec: { selector: SELECTOR.matchLabels, ports: [{ name: 'http', port: 80, targetPort: 8080 }] } },
    );
});

test('stands in the namespace of its chart, or where it is told', () => {
  const app = Testing.app();
  const chart = new Chart(app, 'platform', { namespace: 'net' });
  expect(new EgressGateway(chart, 'A').namespace).toBe('net');
  const b = new EgressGateway(chart, 'B', {
    namespace: 'partners',
    name: 'partner-exit',
    metadata: { labels: { a: 'b' } },
  });
  expect([b.namespace, b.exitName]).toEqual(['partners', 'partner-exit']);
  Manifests.fromChart(chart).has(
    { kind: 'Service', name: 'partner-exit' },
    { metadata: { namespace: 'partners', labels: { a: 'b' } } },
  );
});

test('pods that exist already get routes and policies, and no workload', () => {
  const workload = GatewayWorkload.existing({
    labels: { istio: 'partner' },
    service: 'partner-egress',
    httpPort: 8080,
  });
  const { manifests, exit, clients } = world({ workload });
  exit.grant('A', { hosts: ['a.example'], ports: [EgressPort.http()], clients });
  const all = manifests();
  for (const kind of ['Deployment', 'Service', 'ServiceAccount']) all.countIs({ kind }, 0);
  all.has({ kind: 'Gateway' }, { spec: { selector: { istio: 'partner' }, servers: [{ port: { number: 8080 } }] } });
  all.has(
    { kind: 'AuthorizationPolicy', name: 'istio-egress.payments' },
    { spec: { selector: { matchLabels: { istio: 'partner' } } } },
  );
});

test('of pods that exist already, a declaration says which annotation they need where the Host header is rewritten', () => {
  const workload = GatewayWorkload.existing({ labels: { istio: 'partner' }, service: 'partner-egress' });
  const notes = (props: EgressGatewayProps, port: EgressPort) => {
    const { chart, exit, clients } = world(props);
    exit.grant('A', { hosts: ['a.example'], ports: [port], clients });
    return Egress.describe(chart.node.root).filter((line) => line.includes('x-envoy-original-host'));
  };
  expect(notes({ workload }, EgressPort.http({ port: 8080 }))).toEqual([]);
  expect(notes({ workload }, EgressPort.tlsOrigination())).toEqual([]);
  const rewriting = EgressPort.tlsOrigination({ port: 8080 });
  expect(notes({ workload }, rewriting)).toEqual([
    expect.stringMatching(
      /reads a\.example:8080 in .* istio=partner in istio-egress .*disabled: true.* defaultConfig$/,
    ),
  ]);
  const operator = GatewayWorkload.managed({ installation: GatewayInstallation.ISTIO_OPERATOR });
  for (const made of [{}, { workload: operator }]) expect(notes(made, rewriting)).toEqual([]);
});

test('may read Secrets only once a destination needs a credential', () => {
  const { manifests, exit, clients } = world();
  exit.grant('A', { hosts: ['a.example'], ports: [EgressPort.tlsOrigination()], clients });
  manifests().countIs({ kind: 'Role' }, 0);
  for (const id of ['B', 'C']) {
    const ports = [EgressPort.tlsOrigination({ tls: UpstreamTls.mutual(TlsCredential.named('bank')) })];
    exit.grant(id, { hosts: [`${id}.example`], ports, clients });
  }
  manifests().has(
    { kind: 'Role', namespace: 'istio-egress' },
    { rules: [{ resources: ['secrets'], verbs: ['get', 'watch', 'list'] }] },
  );
  manifests().has(
    { kind: 'RoleBinding' },
    { subjects: [{ kind: 'ServiceAccount', name: 'istio-egress', namespace: 'istio-egress' }] },
  );
});

test('a grant makes the exit hop and no client hop', () => {
  const { manifests, exit, clients } = world();
  exit.grant('Stripe', { hosts: ['api.stripe.com'], ports: [EgressPort.tlsOrigination()], clients });
  expect(new Set(manifests().all.map((manifest) => manifest.metadata.namespace))).toEqual(new Set(['istio-egress']));
});

test('hands out what it made for a host', () => {
  const { exit, clients, manifests } = world();
  exit.grant('A', { hosts: ['a.example'], ports: [EgressPort.http()], clients });
  exit.host('A.example').virtualService!.addJsonPatch(JsonPatch.add('/spec/http/0/fault', { x: 1 }));
  manifests().has({ kind: 'VirtualService' }, { spec: { http: [{ fault: { x: 1 } }] } });
  expect(() => exit.host('b.example')).toThrow(failing('NotDeclared', 'a.example'));
});

test('objects of the exit carry the labels of its chart', () => {
  const app = Testing.app();
  const platform = new Chart(app, 'platform', { labels: { owner: 'platform' } });
  const exit = new EgressGateway(platform, 'Exit');
  exit.grant('A', { hosts: ['a.example'], ports: [EgressPort.http()], clients: [EgressClient.namespace('a')] });
  for (const { metadata } of Manifests.fromApp(app).all) expect(metadata.labels).toEqual({ owner: 'platform' });
});

test('refuses the root namespace, bad sizes and pods that nothing selects', () => {
  const chart = Testing.chart();
  let n = 0;
  const make = (props: any) => () => new EgressGateway(chart, `Exit${n++}`, props);
  expect(make({ namespace: 'istio-system' })).toThrow(failing('ExitInRootNamespace'));
  expect(make({ name: 'Egress' })).toThrow(failing('NameSyntax', 'Egress'));
  expect(make({ metadata: { name: 'x' } })).toThrow(failing('MetadataReserved', 'name'));
  expect(make({ workload: GatewayWorkload.managed({ replicas: 0 }) })).toThrow(failing('OutOfRange', 'replicas'));
  expect(make({ workload: GatewayWorkload.managed({ resources: { cpuLimit: 'two' } }) })).toThrow(
    failing('QuantitySyntax', 'two'),
  );
  expect(make({ workload: GatewayWorkload.existing({ labels: {}, service: 'a' }) })).toThrow(failing('LabelSyntax'));
  expect(make({ workload: GatewayWorkload.existing({ labels: { a: 'b' }, service: 'A/b' }) })).toThrow(
    failing('NameSyntax', 'service'),
  );
});
