import { parse } from 'yaml';
import { ambient } from './waypoint';
import { GatewayPodOptions } from '../../src';

/** The patches over what istiod makes of the Gateway. */
function patches(workload?: GatewayPodOptions): { [object: string]: any } {
  const { data } = ambient({ workload }).manifests().only({ kind: 'ConfigMap', namespace: 'istio-egress' });
  return Object.fromEntries(Object.entries<string>(data).map(([key, text]) => [key, parse(text)]));
}

test('patches what istiod knows to be patched, by its names', () => {
  expect(Object.keys(patches()).sort()).toEqual(['deployment', 'horizontalPodAutoscaler', 'podDisruptionBudget']);
});

test('by default there are two pods or more, apart from each other', () => {
  const { deployment, horizontalPodAutoscaler, podDisruptionBudget } = patches();
  expect(horizontalPodAutoscaler.spec).toMatchObject({ minReplicas: 2, maxReplicas: 5 });
  // Else pods that are not ready would hold up their nodes.
  expect(podDisruptionBudget.spec).toEqual({ maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' });
  expect(deployment.spec.replicas).toBeUndefined();
  const { containers, topologySpreadConstraints } = deployment.spec.template.spec;
  expect(containers).toEqual([{ name: 'istio-proxy', resources: expect.anything() }]);
  for (const { labelSelector } of topologySpreadConstraints) {
    expect(labelSelector.matchLabels).toEqual({ 'gateway.networking.k8s.io/gateway-name': 'egress-waypoint' });
  }
});

test('a fixed number of pods needs no autoscaler', () => {
  const { deployment, horizontalPodAutoscaler } = patches({ replicas: 3 });
  expect(deployment.spec.replicas).toBe(3);
  expect(horizontalPodAutoscaler).toBeUndefined();
});

test('sizes and places', () => {
  const { deployment } = patches({
    nodeSelector: { role: 'egress' },
    tolerations: [{ key: 'egress' }],
    priorityClassName: 'high',
    resources: { cpuRequest: '200m', memoryLimit: '2Gi' },
  });
  const { containers, tolerations, ...place } = deployment.spec.template.spec;
  expect(place).toMatchObject({ nodeSelector: { role: 'egress' }, priorityClassName: 'high' });
  expect(tolerations[0]).toMatchObject({ key: 'egress' });
  expect(containers[0].resources).toMatchObject({ requests: { cpu: '200m' }, limits: { memory: '2Gi' } });
});
