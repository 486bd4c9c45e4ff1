import { Testing } from 'cdk8s';
import { assertions } from 'cdk8s-istio-egress';
import { upstreamProxyOpa } from './chart';

test('OPA is asked about every call, beside the grants', () => {
  const app = Testing.app();
  upstreamProxyOpa(app);
  const manifests = assertions.Manifests.fromApp(app);
  manifests.has({ kind: 'AuthorizationPolicy', namespace: 'httpbin' }, { spec: { action: 'CUSTOM' } });
  const { containers } = manifests.only({ kind: 'Deployment' }).spec.template.spec;
  expect(containers.map(({ name }: any) => name)).toEqual(['istio-proxy', 'opa']);
});
