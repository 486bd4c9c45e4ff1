import { App, Testing } from 'cdk8s';
import { assertions } from 'cdk8s-istio-egress';
import { platformRepo } from './platform';
import { billingRepo, paymentsRepo, shopRepo } from './teams';

function manifests(repo: (app: App) => void) {
  const app = Testing.app();
  repo(app);
  return assertions.Manifests.fromApp(app);
}

test('two teams share the route to one host, each with its own rights', () => {
  const platform = manifests(platformRepo);
  platform.countIs({ kind: 'VirtualService', name: 'istio-egress.api.stripe.com' }, 1);
  const operation = (namespace: string) =>
    platform.only({ kind: 'AuthorizationPolicy', name: `istio-egress.${namespace}` }).spec.rules[0].to[0].operation;
  expect(operation('payments')).toMatchObject({ methods: ['GET', 'POST'], paths: ['/v1/charges', '/v1/charges/*'] });
  expect(operation('shop')).toMatchObject({ methods: ['GET'], paths: ['/v1/prices'] });
});

test.each([
  ['payments', paymentsRepo],
  ['shop', shopRepo],
  ['billing', billingRepo],
])('the repo of %s writes to its own namespace only', (namespace, repo) => {
  const namespaces = manifests(repo).all.map(({ metadata }) => metadata.namespace);
  expect(new Set(namespaces)).toEqual(new Set([namespace]));
});
