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

test.each([Stage.BEFORE, Stage.DURING, Stage.AFTER])('%s: beside the exits, the host is known once', (stage) => {
  manifests(stage).countIs({ kind: 'ServiceEntry', namespace: 'istio-egress' }, 1);
});

const text = (object: any) => JSON.stringify(object);
const key = ({ kind, metadata }: any) => `${kind} ${metadata.namespace}/${metadata.name}`;

test('the first move changes one object of those that stay, and nothing of the namespace that waits', () => {
  const before = new Map(manifests(Stage.BEFORE).all.map((object) => [key(object), text(object)]));
  const during = manifests(Stage.DURING).all;
  const changed = during.filter((object) => before.has(key(object)) && before.get(key(object)) !== text(object));
  expect(changed.map(key)).toEqual(['ServiceEntry istio-egress/istio-egress.api.bank.example']);
  const gone = [...before.keys()].filter((one) => !during.some((object) => key(object) === one));
  expect(gone.sort()).toEqual([
    'AuthorizationPolicy istio-egress/istio-egress.payments',
    'DestinationRule payments/payments.istio-egress',
    'DestinationRule payments/payments.istio-egress.tls',
    'ServiceEntry payments/payments-bank',
    'VirtualService payments/payments-bank',
  ]);
});

test('each exit lets through only those who are led there', () => {
  const kinds = (stage: Stage) => manifests(stage).find({ kind: 'AuthorizationPolicy' }).map(key);
  expect(kinds(Stage.DURING)).toEqual([
    'AuthorizationPolicy istio-egress/istio-egress',
    'AuthorizationPolicy istio-egress/istio-egress.shop',
    'AuthorizationPolicy istio-egress/egress-waypoint',
    'AuthorizationPolicy istio-egress/egress-waypoint.api.bank.example',
  ]);
});
