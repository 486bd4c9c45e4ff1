import { Testing } from 'cdk8s';
import { assertions } from 'cdk8s-istio-egress';
import { guardedNamespace } from './chart';

function manifests() {
  const app = Testing.app();
  guardedNamespace(app);
  return assertions.Manifests.fromApp(app);
}

test.each([
  ['payments', 8080],
  ['shop', 8443],
])('%s reaches the exit on port %i, DNS, istiod, itself and orders', (namespace, port) => {
  const { egress } = manifests().only({ kind: 'NetworkPolicy', namespace }).spec;
  const ports = egress.map((rule: any) => rule.ports?.map((one: any) => one.port));
  expect(ports).toEqual([[53, 53], [15012], [port], undefined]);
  const imports = manifests().only({ kind: 'Sidecar', namespace }).spec.egress[0].hosts;
  expect(imports).toContain('orders/*.orders.svc.cluster.local');
});

test('the exit lets its clients in, each on its port, and goes out to port 443', () => {
  const { ingress, egress } = manifests().only({ kind: 'NetworkPolicy', namespace: 'istio-egress' }).spec;
  expect(ingress).toHaveLength(2);
  expect(egress.at(-1).ports).toEqual([{ protocol: 'TCP', port: 443 }]);
});
