import { AuthorizationPolicySpecAction, toJson_AuthorizationPolicySpec } from '../../imports/security.istio.io';

/** The label of the pods of egress gateways, by which one policy of the mesh's root namespace selects them all. */
export const EXIT_LABEL = ['cdk8s-istio-egress/exit', 'gateway'] as const;

/**
 * The policy that closes the gateways of the whole mesh while they have none of their own. An exit's policies cannot do that by
 * themselves: Flux applies them after its pods and routes, and prunes them before. It allows nothing, and what other policies allow
 * adds to it.
 */
export function closedExits(rootNamespace: string) {
  const [key, value] = EXIT_LABEL;
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: { name: 'exits-closed', namespace: rootNamespace },
    spec: toJson_AuthorizationPolicySpec({
      selector: { matchLabels: { [key]: value } },
      action: AuthorizationPolicySpecAction.ALLOW,
    }),
  };
}
