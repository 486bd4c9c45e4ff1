import { App, Chart } from 'cdk8s';
import { EgressClient, EgressGateway, Mesh, TcpEgress } from 'cdk8s-istio-egress';

/** Two databases on one port number, each for another service account, through one port of the exit. */
export function tcpDatabase(app: App): void {
  const platform = new Chart(app, 'platform');
  const exit = new EgressGateway(platform, 'Exit');

  const shop = new Chart(app, 'shop');
  // Sidecars answer DNS, so that each database has an address of its own.
  Mesh.configure(shop, { dnsProxying: true });
  new TcpEgress(shop, 'Orders', {
    hosts: ['orders.db.example.com'],
    port: 5432,
    exit,
    clients: [EgressClient.serviceAccount('shop', 'orders')],
  });
  new TcpEgress(shop, 'Stock', {
    hosts: ['stock.db.example.com'],
    port: 5432,
    exit,
    clients: [EgressClient.serviceAccount('shop', 'stock')],
  });

  // Where sidecars do not answer DNS, the addresses tell a host apart. SSH speaks first: service accounts alone keep it from others.
  new TcpEgress(shop, 'Transfer', {
    hosts: ['sftp.partner.example.com'],
    port: 22,
    addresses: ['10.45.7.0/24'],
    exit,
    clients: [EgressClient.serviceAccount('shop', 'transfer')],
  });
}
