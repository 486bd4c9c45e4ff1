import { api } from '../api';

const UNDECIDED = { key: 'istio-injection', operator: 'DoesNotExist' };
const UNLABELLED = { key: 'istio.io/rev', operator: 'DoesNotExist' };

const webhook = (name: string, namespaceSelector: object, objectSelector: object) => ({
  name,
  namespaceSelector,
  objectSelector,
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
  clientConfig: { url: 'https://istiod.istio-system.svc/inject' },
  rules: [{ operations: ['CREATE'], apiGroups: ['bed.invalid'], apiVersions: ['v1'], resources: ['nothing'] }],
});

/**
 * Istio's injector as `istioctl analyze` looks for it: with its selectors, but never called. The bed's kubelet injects by itself, because
 * a pod here is a network namespace and has no use for a container image.
 */
export async function declareInjector(): Promise<void> {
  const name = 'istio-sidecar-injector';
  const path = `/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/${name}`;
  const never = { key: 'sidecar.istio.io/inject', operator: 'NotIn', values: ['false'] };
  const always = { key: 'sidecar.istio.io/inject', operator: 'In', values: ['true'] };
  const enabled = { key: 'istio-injection', operator: 'In', values: ['enabled'] };
  const body = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name, labels: { app: 'sidecar-injector', 'istio.io/rev': 'default' } },
    webhooks: [
      webhook('namespace.sidecar-injector.istio.io', { matchExpressions: [enabled] }, { matchExpressions: [never] }),
      webhook(
        'object.sidecar-injector.istio.io',
        { matchExpressions: [UNDECIDED, UNLABELLED] },
        { matchExpressions: [always, UNLABELLED] },
      ),
    ],
  };
  await api.apply(path, body, 'bed');
}
