import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const LOOKED_AT = /^(networking\.istio\.io\/.*|networking\.k8s\.io\/v1)$/;

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
}

/** What the app's admission policy says to each attempt: the messages of those validations that refuse it. */
export function refusals(attempts: Attempt[]): string[][] {
  const input = attempts.map(({ app, object }) => {
    const policy = app.find(({ kind }) => kind === 'ValidatingAdmissionPolicy').spec;
    const bindings = app.filter(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding');
    const asked = LOOKED_AT.test(object.apiVersion) && isBound(bindings, object.metadata.namespace);
    return { policy: asked ? policy : { variables: [], validations: [] }, object };
  });
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(__dirname, 'evaluate-cel.mjs')], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
