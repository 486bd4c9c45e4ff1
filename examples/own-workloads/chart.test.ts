import { Testing } from 'cdk8s';
import { assertions } from 'cdk8s-istio-egress';
import { ownWorkloads } from './chart';

test('who may call is the account that the pods run as', () => {
  const app = Testing.app();
  ownWorkloads(app);
  const manifests = assertions.Manifests.fromApp(app);
  const [account] = manifests
    .find({ kind: 'Deployment', namespace: 'shop' })
    .map(({ spec }) => spec.template.spec.serviceAccountName)
    .filter((name) => name !== undefined);
  manifests.has({ kind: 'ServiceAccount', namespace: 'shop', name: account }, {});
  manifests.has(
    { kind: 'AuthorizationPolicy', name: 'istio-egress.shop' },
    { spec: { rules: [{ from: [{ source: { serviceAccounts: [`shop/${account}`] } }] }] } },
  );
});
