import { Testing } from 'cdk8s';
import { assertions } from 'cdk8s-istio-egress';
import { failover } from './chart';

test('the exit knows both places, leaves out what fails, and verifies the host’s own name at each', () => {
  const app = Testing.app();
  failover(app);
  const manifests = assertions.Manifests.fromApp(app);
  manifests.has(
    { kind: 'ServiceEntry', namespace: 'istio-egress' },
    { spec: { endpoints: [{ address: 'one.vendor.example.com' }, { address: 'two.vendor.example.com' }] } },
  );
  manifests.has(
    { kind: 'DestinationRule', namespace: 'istio-egress' },
    {
      spec: {
        subsets: [{ trafficPolicy: { tls: { sni: 'api.vendor.example.com' } } }],
        trafficPolicy: { outlierDetection: { consecutiveGatewayErrors: 2, baseEjectionTime: '60s' } },
      },
    },
  );
});
