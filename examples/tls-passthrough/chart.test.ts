import { Testing } from 'cdk8s';
import { assertions } from 'cdk8s-istio-egress';
import { tlsPassthrough } from './chart';

test('the exit passes TLS on by the name of the outer one, for the reader alone', () => {
  const app = Testing.app();
  tlsPassthrough(app);
  const manifests = assertions.Manifests.fromApp(app);
  const { servers } = manifests.only({ kind: 'Gateway' }).spec;
  const tls = { mode: 'ISTIO_MUTUAL', subjectAltNames: ['spiffe://cluster.local/ns/newsroom/sa/reader'] };
  expect(servers.slice(1).map((server: any) => [server.hosts[0], server.tls])).toEqual([
    ['./sa.443.api.cnn.com', tls],
    ['./sa.443.edition.cnn.com', tls],
    ['./pictures.example.com', { mode: 'PASSTHROUGH' }],
  ]);
});

test('the pictures are open to whoever reaches the exit, and a policy says so', () => {
  const app = Testing.app();
  tlsPassthrough(app);
  const { spec } = assertions.Manifests.fromApp(app).only({ name: 'istio-egress.without.identity' });
  expect(spec.rules).toEqual([
    {
      to: [{ operation: { ports: ['8443'] } }],
      when: [{ key: 'connection.sni', values: ['pictures.example.com'] }],
    },
  ]);
});
