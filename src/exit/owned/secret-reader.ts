import { ApiObjectMetadata } from 'cdk8s';
import { Construct } from 'constructs';
import { objectsOf } from '../../mesh/manifest';

/** An exit whose pods' ServiceAccount has its name. */
interface Exit {
  readonly exitName: string;
  readonly namespace: string;
  readonly metadata?: ApiObjectMetadata;
}

/**
 * Lets an exit's pods read the Secrets of their namespace: istiod gives a credential only to pods whose service
 * account may read it, and remembers a refusal for a minute.
 */
export function letReadSecrets(scope: Construct, exit: Exit): void {
  const { exitName: name, namespace } = exit;
  if (scope.node.tryFindChild('Role')) return;
  const object = objectsOf(scope, exit);
  const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'watch', 'list'] }];
  object({ kind: 'Role', name, fields: { rules } });
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name };
  object({ kind: 'RoleBinding', name, fields: { roleRef, subjects: [{ kind: 'ServiceAccount', name, namespace }] } });
}
