import { App, Chart } from 'cdk8s';
import { EgressClient, EgressGateway, EgressPort, HttpRule } from 'cdk8s-istio-egress';

/** The platform's repo: the exit, and who may do what through it. */
export function platformRepo(app: App): void {
  const platform = new Chart(app, 'platform');
  const exit = new EgressGateway(platform, 'Exit');

  // One host, one route, two teams with different rights.
  const stripe = { hosts: ['api.stripe.com'], ports: [EgressPort.tlsOrigination()] };
  exit.grant('StripeForPayments', {
    ...stripe,
    clients: [EgressClient.serviceAccount('payments', 'checkout')],
    rules: [HttpRule.allow({ methods: ['GET', 'POST'], paths: ['/v1/charges', '/v1/charges/*'] })],
    owner: 'payments@corp.example',
  });
  exit.grant('StripeForShop', {
    ...stripe,
    clients: [EgressClient.namespace('shop')],
    rules: [HttpRule.allow({ methods: ['GET'], paths: ['/v1/prices'] })],
    owner: 'shop@corp.example',
    expires: '2027-06-30',
  });

  exit.grant('Reports', {
    hosts: ['reports.example.com'],
    ports: [EgressPort.tlsOrigination(), EgressPort.tlsPassthrough()],
    clients: [EgressClient.serviceAccount('billing', 'accountant')],
  });
}
