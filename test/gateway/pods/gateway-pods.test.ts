import { Chart, Testing } from 'cdk8s';
import { EgressGateway, EgressPort, GatewayWorkload, Mesh } from '../../../src';
import { Manifests } from '../../../src/assertions';
import { world } from '../../fixtures';

const SELECTOR = { istio: 'istio-egress' };

test('what selects the pods is theirs alone, also beside Istio’s own gateways and other exits', () => {
  const app = Testing.app();
  const chart = new Chart(app, 'platform', { namespace: 'istio-egress' });
  const names = ['istio-egress', 'partners'];
  for (const name of names) new EgressGateway(chart, name, { name });
  const manifests = Manifests.fromChart(chart);
  const selectors = names.map((name) => {
    const { spec } = manifests.only({ kind: 'Deployment', name });
    const { matchLabels } = spec.selector;
    expect(spec.template.metadata.labels).toMatchObject({ ...matchLabels, 'service.istio.io/canonical-name': name });
    manifests.has({ kind: 'Service', name }, { spec: { selector: matchLabels } });
    manifests.has({ kind: 'PodDisruptionBudget', name }, { spec: { selector: { matchLabels } } });
    return matchLabels;
  });
  expect(selectors).toEqual([SELECTOR, { istio: 'partners.istio-egress' }]);
});

test('an update adds a pod before it takes one, and spreads the new ones by themselves', () => {
  const { spec } = world().manifests().only({ kind: 'Deployment' });
  expect(spec.strategy.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 });
  expect(spec.template.spec.topologySpreadConstraints).toEqual(
    ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
      topologyKey,
      maxSkew: 1,
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: SELECTOR },
      matchLabelKeys: ['pod-template-hash'],
    })),
  );
});

test('a pod that ends finishes its calls', () => {
  const { spec } = world().manifests().only({ kind: 'Deployment' }).spec.template;
  expect(spec.containers[0].env).toEqual([{ name: 'EXIT_ON_ZERO_ACTIVE_CONNECTIONS', value: 'true' }]);
  expect(spec.terminationGracePeriodSeconds).toBe(60);
});

test('nodes can be drained, whether a single pod runs or none is ready', () => {
  const { spec } = world({ workload: GatewayWorkload.managed({ replicas: 1 }) })
    .manifests()
    .only({ kind: 'PodDisruptionBudget' });
  expect(spec).toEqual({
    maxUnavailable: 1,
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
    selector: { matchLabels: SELECTOR },
  });
});

test('pods meet the restricted Pod Security Standard, and hold no token of the Kubernetes API', () => {
  const manifests = world().manifests();
  const { spec } = manifests.only({ kind: 'Deployment' }).spec.template;
  expect(spec.securityContext).toEqual({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
  expect(spec.containers[0].securityContext).toMatchObject({
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
  });
  manifests.has({ kind: 'ServiceAccount', name: spec.serviceAccountName }, { automountServiceAccountToken: false });
});

test('the proxy starts by its own health, and monitors find its port', () => {
  const [proxy] = world().manifests().only({ kind: 'Deployment' }).spec.template.spec.containers;
  expect(proxy.startupProbe.httpGet).toEqual({ path: '/healthz/ready', port: 15021 });
  expect(proxy.readinessProbe).toMatchObject({ httpGet: { port: 15021 }, timeoutSeconds: 3 });
  expect(proxy.ports).toContainEqual({ name: 'http-envoy-prom', containerPort: 15090, protocol: 'TCP' });
});

test('a Service has the one port that its servers use; what nobody reads gets a Service with the first such port', () => {
  const { exit, clients, manifests } = world();
  manifests().countIs({ kind: 'Service' }, 1);
  for (const port of [443, 8443]) {
    const ports = [EgressPort.tlsPassthrough({ port })];
    exit.grant(`A${port}`, { hosts: [`a${port}.example`], ports, clients });
  }
  expect(
    manifests()
      .find({ kind: 'Service' })
      .map(({ metadata, spec }) => [metadata.name, spec.ports]),
  ).toEqual([
    ['istio-egress', [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }]],
    ['istio-egress-tls', [{ name: 'tls', port: 443, targetPort: 8443, protocol: 'TCP' }]],
  ]);
});

test('a revision injects its pods, sidecars are told of mutual TLS, and the upstream is not told which port was called', () => {
  const app = Testing.app();
  Mesh.configure(app, { revision: 'canary' });
  const chart = new Chart(app, 'platform');
  new EgressGateway(chart, 'Exit');
  const { metadata } = Manifests.fromChart(chart).only({ kind: 'Deployment' }).spec.template;
  expect(metadata.labels).toMatchObject({ 'istio.io/rev': 'canary', 'sidecar.istio.io/inject': 'true' });
  expect(metadata.labels['security.istio.io/tlsMode']).toBe('istio');
  expect(metadata.annotations['proxy.istio.io/config']).toContain('envoyDebugHeaders: { disabled: true }');
});
