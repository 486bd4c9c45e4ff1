import { documents, found, HOP, networking, OURS } from './given';

const service = (spec: object, name = 'istio-egress/istio-egress', annotations = {}) => {
  const [namespace, own] = name.split('/');
  return JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name: own, namespace, annotations }, spec });
};
const HTTP = { name: 'http', port: 80, targetPort: 8080 };
const exit = (port: object) => service({ selector: { istio: 'istio-egress' }, ports: [port] });

test('the hop by itself is whole', () => {
  expect(found(exit(HTTP), HOP)).toEqual([]);
});

test('a Service that is on neither side', () => {
  expect(found(service({ ports: [HTTP] }, 'a/b'), HOP)).toEqual([
    'error ServiceMissing VirtualService payments/payments-stripe',
  ]);
  expect(found(service({ ports: [HTTP] }, 'a/b'))).toEqual([]);
});

test('says nothing of Services where none was dumped', () => {
  expect(found(networking('Gateway', 'a/b', {}), HOP)).toEqual([]);
});

test('a Service without the port', () => {
  expect(found(exit({ ...HTTP, port: 8080 }), HOP)).toEqual([
    'error ServicePortMissing Service istio-egress/istio-egress',
  ]);
});

describe('a Service whose port 80 is no HTTP', () => {
  test.each([{ name: 'tcp' }, { name: 'tls' }, { name: undefined }, { name: 'http', appProtocol: 'tcp' }])(
    '%j',
    (port) => {
      expect(found(exit({ ...HTTP, ...port }), HOP)).toEqual([
        'error ServicePortProtocol Service istio-egress/istio-egress',
      ]);
    },
  );

  test.each([{ name: 'http2-hop' }, { name: 'grpc-web' }, { name: 'tcp', appProtocol: 'http' }])(
    'but not %j',
    (port) => {
      expect(found(exit({ ...HTTP, ...port }), HOP)).toEqual([]);
    },
  );

  test('is no matter while there is another', () => {
    expect(found(documents(exit({ ...HTTP, name: 'tcp' }), service({ ports: [HTTP] }, 'a/b')), HOP)).toEqual([]);
  });
});

describe('a Service that clients do not see', () => {
  const hidden = (to: string) =>
    service({ selector: { istio: 'istio-egress' }, ports: [HTTP] }, undefined, { 'networking.istio.io/exportTo': to });
  const mesh = (text: string) =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'istio', namespace: 'istio-system' },
      data: { mesh: text },
    });
  const closed =
    'outboundTrafficPolicy: { mode: REGISTRY_ONLY }\nserviceEntryVisibility: { defaultVisibility: NAMESPACE, applyToSidecars: true }\n';

  test('by its annotation', () => {
    expect(found(hidden('.'), HOP)).toContain('error ServiceNotVisible Service istio-egress/istio-egress');
    expect(found(hidden('shop, payments'), HOP)).toEqual([]);
  });

  test('by the mesh’s default', () => {
    expect(found(mesh(`${closed}defaultServiceExportTo: ['.']`))).toContain(
      'error ServiceNotVisible Service istio-egress/istio-egress',
    );
    expect(found(mesh(`${closed}defaultServiceExportTo: ['*']`))).toEqual([]);
  });
});

test('a Service that also selects other pods', () => {
  const pods = (labels: object) =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'other', namespace: 'istio-egress', labels },
      spec: {},
    });
  const wide = OURS.replace(
    'selector: { istio: istio-egress }\n---\napiVersion: apps',
    'selector: { app: istio-egress }\n---\napiVersion: apps',
  );
  expect(wide).not.toBe(OURS);
  expect(found(pods({ app: 'istio-egress' }), wide)).toEqual([
    'error ServiceSelectsOthers Service istio-egress/istio-egress',
  ]);
  expect(found(pods({ app: 'other' }), wide)).toEqual([]);
});
