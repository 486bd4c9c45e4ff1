import { App, Chart } from 'cdk8s';
import { Egress, EgressClient, EgressGateway, EgressPort } from 'cdk8s-istio-egress';

/** One host that some code calls by http:// and other code by https://, and on a port of its own. */
export function httpAndHttps(app: App): void {
  const platform = new Chart(app, 'platform');
  const exit = new EgressGateway(platform, 'Exit');

  const newsroom = new Chart(app, 'newsroom');
  new Egress(newsroom, 'Cnn', {
    hosts: ['edition.cnn.com'],
    exit,
    clients: [EgressClient.serviceAccount('newsroom', 'reader')],
    ports: [
      EgressPort.tlsOrigination(), // http://edition.cnn.com, which the exit encrypts
      EgressPort.tlsPassthrough(), // https://edition.cnn.com, which is encrypted already
      EgressPort.http({ port: 8080 }),
    ],
  });
}
