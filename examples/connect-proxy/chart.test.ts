import { Testing } from 'cdk8s';
import { assertions } from 'cdk8s-istio-egress';
import { connectProxy } from './chart';

test('the exit knows the proxy and nothing else outside', () => {
  const app = Testing.app();
  connectProxy(app);
  const manifests = assertions.Manifests.fromApp(app);
  const known = manifests.find({ kind: 'ServiceEntry', namespace: 'istio-egress' });
  expect(known.map(({ spec }) => spec.hosts)).toEqual([['proxy.corp.example']]);
  const { subsets } = manifests.only({ kind: 'DestinationRule', name: 'istio-egress.proxy.corp.example' }).spec;
  expect(subsets.map(({ trafficPolicy: { tunnel } }: any) => `${tunnel.targetHost}:${tunnel.targetPort}`)).toEqual([
    'edition.cnn.com:443',
    'archive.example.com:5432',
  ]);
});
