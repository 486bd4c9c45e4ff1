import { App, Chart } from 'cdk8s';
import { EgressClient, EgressGateway, HttpEgress } from 'cdk8s-istio-egress';

/** Plain HTTP to a news site, for every workload of one namespace. */
export function httpEgress(app: App): void {
  const platform = new Chart(app, 'platform');
  const exit = new EgressGateway(platform, 'Exit');

  const newsroom = new Chart(app, 'newsroom');
  new HttpEgress(newsroom, 'News', {
    hosts: ['edition.cnn.com'],
    exit,
    clients: [EgressClient.namespace('newsroom')],
  });
}
