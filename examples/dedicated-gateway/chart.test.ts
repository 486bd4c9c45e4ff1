import { Testing } from 'cdk8s';
import { assertions } from 'cdk8s-istio-egress';
import { dedicatedGateway } from './chart';

test('the gateway has pods of its own, which follow the health of the one service', () => {
  const app = Testing.app();
  dedicatedGateway(app);
  const manifests = assertions.Manifests.fromApp(app);
  const { spec } = manifests.only({ kind: 'Deployment', namespace: 'ledger-egress' }).spec.template;
  expect(spec.nodeSelector).toEqual({ 'nodes.example.com/egress': 'yes' });
  expect(spec.containers[0].readinessProbe.exec.command).toContain('pilot-agent');
  manifests.has({ kind: 'HorizontalPodAutoscaler' }, { spec: { minReplicas: 2, maxReplicas: 4 } });
});
