import { App, Chart, Duration } from 'cdk8s';
import { EgressClient, EgressGateway, HttpRetries, TlsOriginationEgress } from 'cdk8s-istio-egress';

/** A payment provider and a search API: the applications call http://, the exit speaks TLS. */
export function tlsOrigination(app: App): void {
  const platform = new Chart(app, 'platform');
  const exit = new EgressGateway(platform, 'Exit');

  const payments = new Chart(app, 'payments');
  new TlsOriginationEgress(payments, 'Stripe', {
    hosts: ['api.stripe.com'],
    exit,
    clients: [EgressClient.serviceAccount('payments', 'checkout')],
    timeout: Duration.seconds(20),
  });

  // Two teams, one host: the exit has one route for it, and a grant for each.
  const shop = new Chart(app, 'shop');
  const search = { hosts: ['search.example.com'], exit, port: 8080, retries: HttpRetries.idempotent(2) };
  new TlsOriginationEgress(shop, 'Search', { ...search, clients: [EgressClient.namespace('shop')] });
  new TlsOriginationEgress(payments, 'Search', { ...search, clients: [EgressClient.namespace('payments')] });
}
