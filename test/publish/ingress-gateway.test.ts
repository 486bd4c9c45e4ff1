import { IngressGateway } from '../../src';
import { failing } from '../fixtures';

test('is found where istioctl installs it', () => {
  const ingress = IngressGateway.imported();
  expect(ingress).toMatchObject({
    namespace: 'istio-system',
    labels: { istio: 'ingressgateway' },
    httpPort: 80,
    httpsPort: 443,
  });
  expect(String(ingress.client)).toBe('istio-system/istio-ingressgateway-service-account');
});

test('is found elsewhere', () => {
  const ingress = IngressGateway.imported({ namespace: 'ingress', labels: { istio: 'edge' }, serviceAccount: 'edge' });
  expect(String(ingress.client)).toBe('ingress/edge');
  expect(ingress.labels).toEqual({ istio: 'edge' });
});

test.each([
  [{ labels: {} }, 'LabelSyntax'],
  [{ namespace: 'Istio' }, 'NameSyntax'],
  [{ serviceAccount: 'a/b' }, 'NameSyntax'],
  [{ httpsPort: 0 }, 'OutOfRange'],
])('refuses %j', (attributes, code) => {
  expect(() => IngressGateway.imported(attributes)).toThrow(failing(code));
});
