import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import { parse } from 'yaml';
import {
  EgressClient,
  EgressGateway,
  EgressGatewayProps,
  EgressPort,
  GatewayInstallation,
  GatewayWorkload,
  Installation,
  ManagedGatewayOptions,
  Mesh,
  MeshSettings,
  OpaAuthorization,
} from '../../../src';
import { Manifests } from '../../../src/assertions';

const PLACED: ManagedGatewayOptions = {
  nodeSelector: { egress: 'yes' },
  tolerations: [{ key: 'egress' }],
  priorityClassName: 'high',
};

/** A gateway of its own name and namespace, with what it carries, in one of the two forms. */
function gateway(
  installation: GatewayInstallation,
  options: ManagedGatewayOptions,
  props: EgressGatewayProps,
  mesh: MeshSettings,
) {
  const folder = mkdtempSync(join(tmpdir(), 'egress-'));
  const app = new App({ outdir: join(folder, 'dist') });
  Mesh.configure(app, mesh);
  const workload = GatewayWorkload.managed({ ...options, installation });
  const exit = new EgressGateway(new Chart(app, 'net'), 'Exit', { name: 'crm', namespace: 'net', workload, ...props });
  const clients = [EgressClient.namespace('shop')];
  exit.grant('Crm', { hosts: ['crm.example'], ports: [EgressPort.tlsOrigination()], clients });
  return { app, exit, clients, folder };
}

function operator(options: ManagedGatewayOptions = {}, props: EgressGatewayProps = {}, mesh: MeshSettings = {}) {
  const made = gateway(GatewayInstallation.ISTIO_OPERATOR, options, props, mesh);
  return {
    ...made,
    manifests: () => Manifests.fromApp(made.app),
    spec: () => parse(readFileSync(Installation.write(made.app, join(made.folder, 'install'))[0], 'utf8')).spec,
  };
}

/** What the overlays put into the Deployment, by the end of their paths. */
function patched(spec: any): { [path: string]: any } {
  const { k8s } = spec.components.egressGateways[0];
  return Object.fromEntries(
    k8s.overlays[0].patches.map(({ path, value }: any) => [path.replace('spec.template.spec.', ''), value]),
  );
}

test('stands on the component, with its own labels: a namespace at the top moves nothing', () => {
  const { spec } = operator();
  const { profile, namespace, components } = spec();
  expect([profile, namespace]).toEqual(['empty', undefined]);
  expect(components.egressGateways).toMatchObject([
    { name: 'crm', namespace: 'net', enabled: true, label: { app: 'crm', istio: 'crm.net' } },
  ]);
});

test.each([
  ['as it is made', {}, {}],
  ['of a fixed number, on nodes of its own', { replicas: 3, ...PLACED }, {}],
  [
    'that follows its upstream and asks OPA',
    {},
    { upstreamProbe: { path: '/up' }, authorization: OpaAuthorization.sidecar({ policyConfigMap: 'policy' }) },
  ],
])('says what the injected form says of a gateway %s', (_, options, props) => {
  const spec = operator(options, props).spec();
  const { k8s } = spec.components.egressGateways[0];
  const injected = Manifests.fromApp(gateway(GatewayInstallation.INJECTED, options, props, {}).app);
  const deployment = injected.only({ kind: 'Deployment' }).spec;
  const { spec: pod, metadata } = deployment.template;
  const [proxy, ...others] = pod.containers;
  const patches = patched(spec);

  expect(k8s.replicaCount).toEqual(deployment.replicas);
  expect(k8s.strategy).toEqual(deployment.strategy);
  expect(k8s.env).toEqual(proxy.env);
  expect(k8s.resources).toEqual(proxy.resources);
  for (const field of ['nodeSelector', 'tolerations', 'priorityClassName']) expect(k8s[field]).toEqual(pod[field]);
  expect(metadata.annotations).toMatchObject(k8s.podAnnotations);
  for (const label of ['security.istio.io/tlsMode', 'cdk8s-istio-egress/exit']) {
    const path = `spec.template.metadata.labels.${label.replace(/\./g, '\\.')}`;
    expect(patches[path]).toBe(metadata.labels[label]);
    expect(metadata.labels[label]).toBeDefined();
  }
  for (const field of ['readinessProbe', 'startupProbe', 'ports']) {
    expect(patches[`containers.[name:istio-proxy].${field}`]).toEqual(proxy[field]);
  }
  for (const field of ['topologySpreadConstraints', 'terminationGracePeriodSeconds']) {
    expect(patches[field]).toEqual(pod[field]);
  }
  expect(patches['securityContext.seccompProfile']).toEqual(pod.securityContext.seccompProfile);
  expect(patches.automountServiceAccountToken).toBe(false);
  expect(patches['containers[-1]']).toEqual(others[0]);

  expect(k8s.service.ports).toEqual(injected.only({ kind: 'Service' }).spec.ports);
  expect(k8s.hpaSpec).toEqual(injected.find({ kind: 'HorizontalPodAutoscaler' })[0]?.spec);
  expect(spec.values.gateways['istio-egressgateway'].autoscaleEnabled).toBe(k8s.hpaSpec !== undefined);
  expect(injected.only({ kind: 'PodDisruptionBudget' }).spec).toMatchObject(k8s.podDisruptionBudget);
});

test('the manifests hold neither pods nor Service, and lead to the one Service of Istio’s own installation', () => {
  const { exit, clients, manifests, spec } = operator();
  exit.grant('Raw', { hosts: ['raw.example'], ports: [EgressPort.tlsPassthrough()], clients });
  for (const kind of ['Deployment', 'Service', 'ServiceAccount', 'HorizontalPodAutoscaler', 'PodDisruptionBudget']) {
    manifests().countIs({ kind }, 0);
  }
  manifests().has({ kind: 'Gateway', name: 'crm' }, { spec: { selector: { istio: 'crm.net' } } });
  expect(spec().components.egressGateways[0].k8s.service.ports).toEqual([
    { name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' },
    { name: 'tls', port: 443, targetPort: 8443, protocol: 'TCP' },
  ]);
  expect(exit._address().opaque).toEqual({ host: 'crm.net.svc.cluster.local', port: 443 });
});

test('its proxies find the control plane of the mesh', () => {
  expect(operator().spec()).not.toHaveProperty('revision');
  const { revision, values } = operator({}, {}, { revision: 'canary', clusterDomain: 'corp.example' }).spec();
  expect(revision).toBe('canary');
  expect(values.global).toEqual({ proxy: { clusterDomain: 'corp.example' } });
});
