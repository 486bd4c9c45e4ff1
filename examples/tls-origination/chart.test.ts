import { Testing } from 'cdk8s';
import { assertions } from 'cdk8s-istio-egress';
import { tlsOrigination } from './chart';

test('the exit speaks verified TLS, and two teams share one route with a policy each', () => {
  const app = Testing.app();
  tlsOrigination(app);
  const manifests = assertions.Manifests.fromApp(app);
  const tls = { mode: 'SIMPLE', sni: 'api.stripe.com', subjectAltNames: ['api.stripe.com'] };
  manifests.has(
    { kind: 'DestinationRule', namespace: 'istio-egress' },
    { spec: { subsets: [{ trafficPolicy: { tls } }] } },
  );
  manifests.countIs({ kind: 'VirtualService', name: 'istio-egress.search.example.com' }, 1);
  manifests.countIs({ kind: 'AuthorizationPolicy', name: 'istio-egress.shop' }, 1);
  manifests.countIs({ kind: 'AuthorizationPolicy', name: 'istio-egress.payments' }, 1);
});
