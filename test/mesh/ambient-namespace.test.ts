import { Testing } from 'cdk8s';
import { AmbientNamespace } from '../../src';
import { failing } from '../fixtures';

test('enrols a namespace, and has no waypoint of its own', () => {
  const chart = Testing.chart();
  const { namespace } = new AmbientNamespace(chart, 'Shop', { name: 'shop' });
  expect(chart.toJson()).toEqual([
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'shop', labels: { 'istio.io/dataplane-mode': 'ambient' } },
    },
  ]);
  expect(namespace.name).toBe('shop');
  expect(() => new AmbientNamespace(chart, 'Bad', { name: 'a.b' })).toThrow(failing('NameSyntax'));
});
