import { App, Chart } from 'cdk8s';
import { Egress, EgressClient, EgressGateway, EgressPort, TlsPassthroughEgress } from 'cdk8s-istio-egress';

/** HTTPS applications: the exit passes their own TLS on, and knows who calls. */
export function tlsPassthrough(app: App): void {
  const platform = new Chart(app, 'platform');
  const exit = new EgressGateway(platform, 'Exit');

  const newsroom = new Chart(app, 'newsroom');
  new TlsPassthroughEgress(newsroom, 'Cnn', {
    hosts: ['edition.cnn.com', 'api.cnn.com'],
    exit,
    clients: [EgressClient.serviceAccount('newsroom', 'reader')],
  });

  // One handshake less, and nobody checks who calls.
  new Egress(newsroom, 'Pictures', {
    hosts: ['pictures.example.com'],
    exit,
    clients: [EgressClient.namespace('newsroom')],
    ports: [EgressPort.tlsPassthroughWithoutIdentity()],
  });
}
