import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Whether the API server asks a policy about an object: by its group, and by its resource, of which the kind is a part. */
function isAsked(policy: any, { apiVersion, kind }: any): boolean {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  const resource = `${kind.toLowerCase().replace(/y$/, 'ie')}s`.replace(/ss$/, 's').replace('gatewaies', 'gateways');
  return policy.matchConstraints.resourceRules.some(
    ({ apiGroups, resources }: any) => apiGroups.includes(group) && resources.includes(resource),
  );
}

/** Whether a binding that refuses selects a namespace. */
function isBound(bindings: any[], namespace: string): boolean {
  return bindings
    .filter(({ spec }) => spec.validationActions.includes('Deny'))
    .some(({ spec }) =>
      spec.matchResources.namespaceSelector.matchExpressions.every(({ key, operator, values }: any) => {
        const has = key === 'kubernetes.io/metadata.name' && values.includes(namespace);
        return operator === 'In' ? has : !has;
      }),
    );
}

/** Manifests of one app with an admission guard, and what is to be applied to it. */
export interface Attempt {
  readonly app: any[];
  readonly object: any;
  /** What it was before. */
  readonly oldObject?: any;
  /** Whether whoever applies it may change the policy. */
  readonly isOwner?: boolean;
  readonly user?: string;
}

/** What the app's admission policy says to each attempt: the messages of those validations that refuse it. */
export function refusals(attempts: Attempt[]): string[][] {
  const input = attempts.map(({ app, object, ...rest }) => {
    const { metadata, spec: policy } = app.find(({ kind }) => kind === 'ValidatingAdmissionPolicy');
    const bindings = app.filter(
      ({ kind, spec }) => kind === 'ValidatingAdmissionPolicyBinding' && spec.policyName === metadata.name,
    );
    const asked = isAsked(policy, object) && isBound(bindings, object.metadata.namespace);
    return { policy: asked ? policy : { variables: [], validations: [] }, object, ...rest };
  });
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(__dirname, 'evaluate-cel.mjs')], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
