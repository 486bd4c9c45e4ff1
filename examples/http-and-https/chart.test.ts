import { Testing } from 'cdk8s';
import { assertions } from 'cdk8s-istio-egress';
import { httpAndHttps } from './chart';

test('three ports of one host, each with a way of its own', () => {
  const app = Testing.app();
  httpAndHttps(app);
  const manifests = assertions.Manifests.fromApp(app);
  manifests.has(
    { kind: 'ServiceEntry', namespace: 'istio-egress' },
    {
      spec: {
        ports: [
          { number: 443, protocol: 'TLS' },
          { number: 8080, protocol: 'HTTP' },
        ],
      },
    },
  );
  const { rules } = manifests.only({ kind: 'AuthorizationPolicy', name: 'istio-egress.newsroom' }).spec;
  expect(rules.map(({ to }: any) => to[0].operation.hosts)).toEqual([
    ['edition.cnn.com', 'edition.cnn.com:80', 'edition.cnn.com:8080'],
  ]);
  const [, server] = manifests.only({ kind: 'Gateway' }).spec.servers;
  expect(server.hosts).toEqual(['./sa.443.edition.cnn.com']);
});
