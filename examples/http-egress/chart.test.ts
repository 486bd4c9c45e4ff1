import { Testing } from 'cdk8s';
import { assertions } from 'cdk8s-istio-egress';
import { httpEgress } from './chart';

test('the newsroom reaches the news through the gateway, and nobody else does', () => {
  const app = Testing.app();
  httpEgress(app);
  const manifests = assertions.Manifests.fromApp(app);
  manifests.has(
    { kind: 'VirtualService', namespace: 'newsroom' },
    { spec: { hosts: ['edition.cnn.com'], exportTo: ['.'] } },
  );
  manifests.has(
    { kind: 'AuthorizationPolicy', name: 'istio-egress.newsroom' },
    { spec: { rules: [{ from: [{ source: { namespaces: ['newsroom'] } }] }] } },
  );
});
