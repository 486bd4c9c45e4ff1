import { Testing } from 'cdk8s';
import { assertions } from 'cdk8s-istio-egress';
import { tcpDatabase } from './chart';

function manifests() {
  const app = Testing.app();
  tcpDatabase(app);
  return assertions.Manifests.fromApp(app);
}

test('two databases share a port number and have an address each', () => {
  const addresses = ['orders', 'stock'].map((name) => {
    const { spec } = manifests().only({ kind: 'ServiceEntry', name: `shop.${name}.db.example.com` });
    expect(spec.ports).toEqual([{ name: 'tcp-5432', number: 5432, protocol: 'TCP' }]);
    return spec.addresses[0];
  });
  expect(new Set(addresses).size).toBe(2);
});

test('each server is open to its own service account', () => {
  const { servers } = manifests().only({ kind: 'Gateway' }).spec;
  const account = (name: string) => [`spiffe://cluster.local/ns/shop/sa/${name}`];
  expect(servers.slice(1).map(({ hosts, tls }: any) => [hosts[0], tls.subjectAltNames])).toEqual([
    ['./sa.5432.orders.db.example.com', account('orders')],
    ['./sa.22.sftp.partner.example.com', account('transfer')],
    ['./sa.5432.stock.db.example.com', account('stock')],
  ]);
});
