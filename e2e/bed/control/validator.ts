import { ISTIOD } from './system-pods';
import { KubeObject, api } from '../api';
import { eventually } from '../poll';

const PATH = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/istio-validator-istio-system';

const GROUPS = ['security.istio.io', 'networking.istio.io', 'telemetry.istio.io', 'extensions.istio.io'];

const webhook = (name: string, revision: object) => ({
  name,
  clientConfig: { service: { name: 'istiod', namespace: ISTIOD.namespace, path: '/validate' } },
  rules: [{ operations: ['CREATE', 'UPDATE'], apiGroups: GROUPS, apiVersions: ['*'], resources: ['*'] }],
  failurePolicy: 'Ignore', // istiod makes it `Fail`, and adds its authority, when it finds that its own webhook answers
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
  objectSelector: { matchExpressions: [{ key: 'istio.io/rev', ...revision }] },
});

/** Istio's own validation of its objects, as its charts `istiod` and `default` declare it: the API server asks istiod. */
export async function declareValidator(): Promise<void> {
  const body = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: PATH.split('/').at(-1), labels: { app: 'istiod', 'istio.io/rev': 'default' } },
    webhooks: [
      webhook('rev.validation.istio.io', { operator: 'In', values: ['default'] }),
      webhook('validation.istio.io', { operator: 'DoesNotExist' }),
    ],
  };
  await api.apply(PATH, body, 'bed');
}

/** Waits until nothing that istiod refuses gets into the API any more. */
export async function validatorDecides(): Promise<void> {
  const decides = async () => {
    const { webhooks } = (await api.json(PATH)) as KubeObject & { webhooks: { failurePolicy: string }[] };
    return webhooks.every(({ failurePolicy }) => failurePolicy === 'Fail');
  };
  await eventually('istiod to validate', decides, { within: 60_000 });
}
