import { App, Chart } from 'cdk8s';
import { EgressClient, EgressGateway, TlsOriginationEgress } from 'cdk8s-istio-egress';
import { Deployment, ServiceAccount } from 'cdk8s-plus-28';

/** A shop whose workloads this app makes: the one that may call is passed as it is, not by a name that cdk8s gives it. */
export function ownWorkloads(app: App): void {
  const platform = new Chart(app, 'platform');
  const exit = new EgressGateway(platform, 'Exit');

  const shop = new Chart(app, 'shop', { namespace: 'shop' });
  const workload = (name: string, serviceAccount?: ServiceAccount) =>
    new Deployment(shop, name, {
      replicas: 1,
      serviceAccount,
      podMetadata: { labels: { app: name, version: 'v1' } },
      containers: [{ image: `shop/${name}:1.4.2` }],
    });
  const checkout = workload('checkout', new ServiceAccount(shop, 'checkout-account'));
  // Without an account of its own it runs as the namespace's default, which may not call.
  workload('storefront');

  new TlsOriginationEgress(shop, 'Stripe', {
    hosts: ['api.stripe.com'],
    exit,
    clients: [EgressClient.of(checkout)],
  });
}
