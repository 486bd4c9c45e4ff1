import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { example } from './examples';
import { documentsOf } from '../world/manifests';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();
const OPERATOR = resolve(__dirname, '../../install/dedicated-gateway/ledger-egress.istio-operator.yaml');

/** What decides about a gateway, whichever way it is installed. */
function facts(objects: any[]) {
  const one = (kind: string) =>
    objects.find((object) => object.kind === kind && object.metadata.name === 'ledger-egress');
  const { spec: pods } = one('Deployment').spec.template;
  const [proxy] = pods.containers.filter(({ name }: any) => name === 'istio-proxy');
  const { minReplicas, maxReplicas, metrics } = one('HorizontalPodAutoscaler').spec;
  return {
    namespace: one('Deployment').metadata.namespace,
    replicas: one('Deployment').spec.replicas,
    selects: one('Service').spec.selector.istio,
    mutualTls: one('Deployment').spec.template.metadata.labels['security.istio.io/tlsMode'],
    label: one('Deployment').spec.template.metadata.labels.istio,
    canonicalName: one('Deployment').spec.template.metadata.labels['service.istio.io/canonical-name'],
    servicePorts: one('Service').spec.ports,
    containerPorts: proxy.ports,
    readiness: proxy.readinessProbe,
    startup: proxy.startupProbe,
    scaling: { minReplicas, maxReplicas, metrics },
    disruption: [one('PodDisruptionBudget').spec].map(({ maxUnavailable, unhealthyPodEvictionPolicy: unhealthy }) => ({
      maxUnavailable,
      unhealthy,
    })),
    update: one('Deployment').spec.strategy,
    ending: [pods.terminationGracePeriodSeconds, proxy.env.find(({ name }: any) => name.startsWith('EXIT_ON'))],
    resources: proxy.resources,
    seccomp: pods.securityContext.seccompProfile,
    proxyConfig: one('Deployment').spec.template.metadata.annotations['proxy.istio.io/config'],
    spread: pods.topologySpreadConstraints,
    nodes: pods.nodeSelector,
    tolerations: pods.tolerations,
    privileges: proxy.securityContext,
    nonRoot: pods.securityContext.runAsNonRoot,
  };
}

it('a gateway by istioctl is the gateway by injection', async () => {
  const { stdout } = await mesh.istioctl(['manifest', 'generate', '-f', OPERATOR]);
  const installed = documentsOf(stdout).map((document) => parse(document));
  const injected = example('dist/dedicated-gateway').documents.map((document) => parse(document));
  expect(facts(installed)).toEqual(facts(injected));
});

it('the labels of its pods select nothing else', async () => {
  const { stdout } = await mesh.istioctl(['manifest', 'generate', '-f', OPERATOR]);
  const [deployment] = documentsOf(stdout)
    .map((document) => parse(document))
    .filter(({ kind }) => kind === 'Deployment');
  expect(deployment.spec.selector.matchLabels).toEqual({ app: 'ledger-egress', istio: 'ledger-egress' });
  expect(readFileSync(OPERATOR, 'utf8')).not.toMatch(/istio: egressgateway/);
});

it('the operator file lies where Flux does not apply it', () => {
  const kinds = example('dist/dedicated-gateway').documents.map((document) => parse(document).kind);
  expect(kinds).not.toContain('IstioOperator');
  expect(OPERATOR).toBe(
    join(resolve(__dirname, '../..'), 'install/dedicated-gateway/ledger-egress.istio-operator.yaml'),
  );
});

it('istioctl takes what closes the mesh', async () => {
  const file = resolve(__dirname, '../../install/ambient-waypoint/istiod.istioctl.yaml');
  const { code, stdout, stderr } = await mesh.istioctl(['manifest', 'generate', '-f', file]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const objects = documentsOf(stdout).map((document) => parse(document));
  const istiod = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'istiod');
  const [{ env }] = istiod.spec.template.spec.containers;
  expect(env).toContainEqual({ name: 'PILOT_SCOPE_GATEWAY_TO_NAMESPACE', value: 'true' });
  const config = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'istio');
  const written = parse(readFileSync(file, 'utf8')).spec.meshConfig;
  expect(Object.keys(written)).toEqual(['outboundTrafficPolicy', 'serviceEntryVisibility']);
  expect(parse(config.data.mesh)).toMatchObject(written);
});
