import { App, Chart, Duration } from 'cdk8s';
import { EgressClient, EgressGateway, HttpRetries, TlsOriginationEgress } from 'cdk8s-istio-egress';

/** A host that is found at two places, of which either may be down. */
export function failover(app: App): void {
  const platform = new Chart(app, 'platform');
  const exit = new EgressGateway(platform, 'Exit');

  const shop = new Chart(app, 'shop');
  new TlsOriginationEgress(shop, 'Vendor', {
    hosts: ['api.vendor.example.com'],
    endpoints: [{ address: 'one.vendor.example.com' }, { address: 'two.vendor.example.com' }],
    outlierDetection: { consecutiveFailures: 2, baseEjectionTime: Duration.minutes(1) },
    connectionLimits: { connectTimeout: Duration.seconds(1), maxConnections: 100 },
    retries: HttpRetries.idempotent(2),
    exit,
    clients: [EgressClient.namespace('shop')],
  });
}
