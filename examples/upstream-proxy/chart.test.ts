import { Testing } from 'cdk8s';
import { assertions } from 'cdk8s-istio-egress';
import { upstreamProxy } from './chart';

test('our name is served outside, and leads through a gateway of its own to the real one', () => {
  const app = Testing.app();
  upstreamProxy(app);
  const manifests = assertions.Manifests.fromApp(app);
  manifests.has({ kind: 'ServiceEntry', namespace: 'httpbin' }, { spec: { hosts: ['httpbin.org'] } });
  const route = { rewrite: { authority: 'httpbin.org' }, route: [{ destination: { host: 'httpbin.org' } }] };
  manifests.has(
    { kind: 'VirtualService', namespace: 'httpbin' },
    { spec: { hosts: ['bin.corp.example'], http: [route] } },
  );
});
