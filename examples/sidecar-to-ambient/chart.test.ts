import { Testing } from 'cdk8s';
import { assertions } from 'cdk8s-istio-egress';
import { sidecarToAmbient, Stage } from './chart';

const STAGES = Object.values(Stage);

function manifests(stage: Stage) {
  const app = Testing.app();
  sidecarToAmbient(app, stage);
  return assertions.Manifests.fromApp(app);
}

test.each([
  [Stage.BEFORE, ['payments', 'shop'], 0],
  [Stage.READY, ['payments', 'shop'], 1],
  [Stage.DURING, ['shop'], 1],
  [Stage.MOVED, [], 1],
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

test.each(STAGES)('%s: beside the exits, the host is known once, by one name', (stage) => {
  const { metadata } = manifests(stage).only({ kind: 'ServiceEntry', namespace: 'istio-egress' });
  expect(metadata.name).toBe('istio-egress.api.bank.example');
});

const text = (object: any) => JSON.stringify(object);
const key = ({ kind, metadata }: any) => `${kind} ${metadata.namespace}/${metadata.name}`;

/** What a step changes among the objects that stay, and what it takes away. */
function step(from: Stage, to: Stage) {
  const before = new Map(manifests(from).all.map((object) => [key(object), text(object)]));
  const after = manifests(to).all;
  return {
    changed: after.filter((one) => before.has(key(one)) && before.get(key(one)) !== text(one)).map(key),
    gone: [...before.keys()].filter((one) => !after.some((object) => key(object) === one)).sort(),
  };
}

test('a waypoint that serves nobody changes nothing', () => {
  expect(step(Stage.BEFORE, Stage.READY)).toEqual({ changed: [], gone: [] });
});

test('the first move changes the host’s entry and takes a server away, and nothing of the namespace that waits', () => {
  expect(step(Stage.READY, Stage.DURING)).toEqual({
    changed: [
      'Gateway istio-egress/istio-egress',
      'ServiceEntry istio-egress/istio-egress.api.bank.example',
      'VirtualService istio-egress/istio-egress.443.api.bank.example',
    ],
    gone: [
      'AuthorizationPolicy istio-egress/istio-egress.payments',
      'DestinationRule istio-egress/istio-egress.payments',
      'ServiceEntry payments/payments.api.bank.example',
      'VirtualService payments/payments.api.bank.example',
    ],
  });
});

test('the next one changes the waypoint’s policy for the host', () => {
  const { changed } = step(Stage.DURING, Stage.MOVED);
  expect(changed).toEqual([
    'Gateway istio-egress/istio-egress',
    'AuthorizationPolicy istio-egress/egress-waypoint.api.bank.example',
  ]);
});

test('at the end the gateway goes, and nothing that stays changes', () => {
  const { changed, gone } = step(Stage.MOVED, Stage.AFTER);
  expect(changed).toEqual([]);
  expect(gone).toContain('Gateway istio-egress/istio-egress');
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
