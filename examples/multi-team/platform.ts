import { join } from 'node:path';
import { App, Chart, Include } from 'cdk8s';
import { EgressClient, EgressGateway, EgressPort, HttpRule, SharedEgressGateway } from 'cdk8s-istio-egress';

/** The platform's repo: two exits, and who may do what through them. */
export function platformRepo(app: App): void {
  const platform = new Chart(app, 'platform');
  const exit = new EgressGateway(platform, 'Exit');

  // One host, one route, two teams with different rights.
  const stripe = { hosts: ['api.stripe.com'], ports: [EgressPort.tlsOrigination()] };
  exit.grant('StripeForPayments', {
    ...stripe,
    clients: [EgressClient.serviceAccount('payments', 'checkout')],
    rules: [HttpRule.allow({ methods: ['GET', 'POST'], paths: ['/v1/charges', '/v1/charges/*'] })],
  });
  exit.grant('StripeForShop', {
    ...stripe,
    clients: [EgressClient.namespace('shop')],
    rules: [HttpRule.allow({ methods: ['GET'], paths: ['/v1/prices'] })],
  });

  // The old gateway, which the team of `orders` goes on using as it did.
  const old = new Chart(app, 'old-gateway');
  new Include(old, 'Legacy', { url: join(__dirname, 'legacy.yaml') });
  const shared = new SharedEgressGateway(old, 'Shared', {
    namespace: 'legacy-egress',
    labels: { istio: 'egressgateway' },
    service: 'istio-egressgateway',
    httpPort: 8090,
    httpTargetPort: 8090,
    tlsTargetPort: 8443,
  });
  shared.grant('Reports', {
    hosts: ['reports.example.com'],
    ports: [EgressPort.tlsOrigination(), EgressPort.tlsPassthrough()],
    clients: [EgressClient.serviceAccount('billing', 'accountant')],
  });
}
