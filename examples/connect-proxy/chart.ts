import { App, Chart } from 'cdk8s';
import { EgressClient, EgressGateway, Mesh, TcpEgress, TlsPassthroughEgress } from 'cdk8s-istio-egress';

/** A company whose only way to the internet is a forward proxy. */
export function connectProxy(app: App): void {
  const platform = new Chart(app, 'platform');
  const exit = new EgressGateway(platform, 'Exit', { connectProxy: { host: 'proxy.corp.example', port: 3128 } });

  const newsroom = new Chart(app, 'newsroom');
  Mesh.configure(newsroom, { dnsProxying: true });
  const clients = [EgressClient.serviceAccount('newsroom', 'reader')];
  new TlsPassthroughEgress(newsroom, 'Cnn', { hosts: ['edition.cnn.com'], exit, clients });
  new TcpEgress(newsroom, 'Archive', { hosts: ['archive.example.com'], port: 5432, exit, clients });
}
