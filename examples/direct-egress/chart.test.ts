import { Testing } from 'cdk8s';
import { assertions } from 'cdk8s-istio-egress';
import { directEgress } from './chart';

test('everything stands in the namespace of the callers, and nothing checks them', () => {
  const app = Testing.app();
  directEgress(app);
  const manifests = assertions.Manifests.fromApp(app);
  expect(new Set(manifests.all.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['tools']));
  manifests.countIs({ kind: 'AuthorizationPolicy' }, 0);
  manifests.has(
    { kind: 'ServiceEntry', name: 'tools.weather.example.com' },
    { spec: { ports: [{ number: 80, protocol: 'HTTP', targetPort: 443 }], resolution: 'DNS', exportTo: ['.'] } },
  );
});
