import { GatewaySizeOptions, GatewayWorkload } from '../../../src';
import { failing, world } from '../../fixtures';

const sized = (options: GatewaySizeOptions) => world({ workload: GatewayWorkload.managed(options) }).manifests();
const scaling = (options: GatewaySizeOptions) => {
  const { minReplicas, maxReplicas } = sized(options).only({ kind: 'HorizontalPodAutoscaler' }).spec;
  return [minReplicas, maxReplicas];
};

test('an autoscaler has the number, between two pods and five unless it is said', () => {
  expect(sized({}).only({ kind: 'Deployment' }).spec.replicas).toBeUndefined();
  expect(scaling({})).toEqual([2, 5]);
  expect(scaling({ minReplicas: 8 })).toEqual([8, 8]);
  expect(scaling({ minReplicas: 1, maxReplicas: 3 })).toEqual([1, 3]);
});

test('it follows the requested CPU', () => {
  const { spec } = sized({ targetCpuPercent: 60 }).only({ kind: 'HorizontalPodAutoscaler' });
  expect(spec.scaleTargetRef).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'istio-egress' });
  expect(spec.metrics[0].resource).toEqual({ name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } });
});

test('a fixed number has no autoscaler that would change it', () => {
  const manifests = sized({ replicas: 3 });
  expect(manifests.only({ kind: 'Deployment' }).spec.replicas).toBe(3);
  manifests.countIs({ kind: 'HorizontalPodAutoscaler' }, 0);
  manifests.countIs({ kind: 'PodDisruptionBudget' }, 1);
});

test.each([
  [{ replicas: 0 }, 'replicas'],
  [{ minReplicas: 3, maxReplicas: 2 }, 'maxReplicas'],
  [{ maxReplicas: 1 }, 'maxReplicas'],
  [{ targetCpuPercent: 0 }, 'targetCpuPercent'],
  [{ replicas: 2, minReplicas: 2, targetCpuPercent: 50 }, '`minReplicas` and `targetCpuPercent`'],
])('refuses %j', (options, part) => {
  expect(() => sized(options)).toThrow(failing('OutOfRange', part));
});

test('sizes of pods are what Kubernetes takes', () => {
  const resources = { cpuRequest: '0.5', memoryRequest: '1Gi', cpuLimit: '1500m', memoryLimit: '1.5Gi' };
  const [container] = sized({ resources }).only({ kind: 'Deployment' }).spec.template.spec.containers;
  expect(container.resources).toEqual({
    requests: { cpu: '0.5', memory: '1Gi' },
    limits: { cpu: '1500m', memory: '1.5Gi' },
  });
});

test.each(['two', '5K', '1 Gi', '-1', '', '1toString', 2])('refuses the quantity %j', (cpuLimit) => {
  expect(() => sized({ resources: { cpuLimit: cpuLimit as string } })).toThrow(failing('QuantitySyntax'));
});

test('refuses to request more than the limit, also than the one that nobody wrote', () => {
  expect(() => sized({ resources: { memoryRequest: '2Gi' } })).toThrow(failing('OutOfRange', 'raise `memoryLimit`'));
  expect(() => sized({ resources: { cpuRequest: '500m', cpuLimit: '0.4' } })).toThrow(failing('OutOfRange', '0.4'));
  expect(() => sized({ resources: { memoryRequest: '1024Mi' } })).not.toThrow();
});
