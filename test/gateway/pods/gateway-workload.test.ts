import { GatewayWorkload, ManagedGatewayOptions } from '../../../src';
import { failing, world } from '../../fixtures';

const pods = (options: ManagedGatewayOptions) =>
  world({ workload: GatewayWorkload.managed(options) })
    .manifests()
    .only({ kind: 'Deployment' }).spec.template.spec;

test('pods run where they are told, on nodes that keep others away', () => {
  const { nodeSelector, tolerations, priorityClassName } = pods({
    nodeSelector: { 'node-role.kubernetes.io/egress': '' },
    tolerations: [
      { key: 'egress' },
      { key: 'egress', value: 'yes', effect: 'NoSchedule' },
      { key: 'egress', value: '' },
    ],
    priorityClassName: 'system-cluster-critical',
  });
  expect(nodeSelector).toEqual({ 'node-role.kubernetes.io/egress': '' });
  expect(tolerations).toEqual([
    { key: 'egress', operator: 'Exists' },
    { key: 'egress', operator: 'Equal', value: 'yes', effect: 'NoSchedule' },
    { key: 'egress', operator: 'Equal', value: '' },
  ]);
  expect(priorityClassName).toBe('system-cluster-critical');
});

test('they run anywhere unless it is said', () => {
  const spec = pods({});
  for (const field of ['nodeSelector', 'tolerations', 'priorityClassName']) expect(spec[field]).toBeUndefined();
});

test.each([
  [{ nodeSelector: { 'a b': 'c' } }, 'LabelSyntax', 'nodeSelector'],
  [{ nodeSelector: { a: '-' } }, 'LabelSyntax', 'nodeSelector'],
  [{ tolerations: [{ key: '' }] }, 'LabelSyntax', 'toleration'],
  [{ tolerations: [{ key: 'a', effect: 'NoEntry' }] }, 'LabelSyntax', 'NoEntry'],
  [{ priorityClassName: 'High' }, 'NameSyntax', 'priorityClassName'],
])('refuses %j', (options, code, part) => {
  expect(() => pods(options)).toThrow(failing(code, part));
});
