import { Testing } from 'cdk8s';
import { assertions } from 'cdk8s-istio-egress';
import { sidecarToAmbient, Stage } from './chart';

function manifests(stage: Stage) {
  const app = Testing.app();
  sidecarToAmbient(app, stage);
  return assertions.Manifests.fromApp(app);
}

test.each([
  [Stage.BEFORE, ['payments', 'shop'], 0],
  [Stage.DURING, ['shop'], 1],
  [Stage.AFTER, [], 1],
])('%s: %j lead to the gateway, and there are %d waypoints', (stage, namespaces, waypoints) => {
  const led = manifests(stage).find({ kind: 'VirtualService' });
  const clients = led.map(({ metadata }) => metadata.namespace).filter((namespace) => namespace !== 'istio-egress');
  expect([...new Set(clients)]).toEqual(namespaces);
  const gateways = manifests(stage).find({ kind: 'Gateway' });
  expect(gateways.filter(({ apiVersion }) => apiVersion.startsWith('gateway.networking.k8s.io'))).toHaveLength(
    waypoints,
  );
});
