import { Testing } from 'cdk8s';
import { assertions } from 'cdk8s-istio-egress';
import { paymentsRepo, platformRepo } from './chart';

test("the platform holds the credential and the consent, the application's repo only the way there", () => {
  const [platform, payments] = [Testing.app(), Testing.app()];
  platformRepo(platform);
  paymentsRepo(payments);
  const tls = { mode: 'MUTUAL', credentialName: 'bank-client-certificate' };
  assertions.Manifests.fromApp(platform).has(
    { kind: 'DestinationRule' },
    { spec: { subsets: [{ trafficPolicy: { tls } }] } },
  );
  const made = assertions.Manifests.fromApp(payments).all.map(({ kind, metadata }) => `${metadata.namespace} ${kind}`);
  expect(made.sort()).toEqual(['payments VirtualService']);
});
