import { Testing } from 'cdk8s';
import { assertions } from 'cdk8s-istio-egress';
import { ingressProxy } from './chart';

test('the ingress gateway serves the hosts, and nothing inside the mesh sees them', () => {
  const app = Testing.app();
  ingressProxy(app);
  const manifests = assertions.Manifests.fromApp(app);
  for (const kind of ['ServiceEntry', 'VirtualService']) {
    const visible = manifests.find({ kind }).map(({ spec }) => [spec.hosts[0], spec.exportTo]);
    expect(visible).toEqual([
      ['httpbin.org', ['.']],
      ['edition.cnn.com', ['.']],
    ]);
  }
});
