import { AuthorizationPolicySpec } from '../../imports/security.istio.io';
import { Plain } from '../mesh/plain';

/** The label of the pods of egress gateways, by which one policy of the mesh's root namespace selects them all. */
export const EXIT_LABEL = ['cdk8s-istio-egress/exit', 'gateway'] as const;

/** Names of the policies, and of their files. */
export const EXITS_CLOSED = 'exits-closed';
export const WAYPOINTS_CLOSED = 'waypoints-closed';

/**
 * The policy that closes the gateways of the whole mesh while they have none of their own. An exit's policies cannot do that by
 * themselves: Flux applies them after its pods and routes, and prunes them before. It allows nothing, and what other policies allow
 * adds to it.
 */
export function closedExits(rootNamespace: string) {
  const [key, value] = EXIT_LABEL;
  return allowsNothing(rootNamespace, EXITS_CLOSED, { selector: { matchLabels: { [key]: value } } });
}

/** The same for every waypoint of the mesh: a policy of the root namespace can select all waypoints, and not some of them. */
export function closedWaypoints(rootNamespace: string) {
  const targetRefs = [{ group: 'gateway.networking.k8s.io', kind: 'GatewayClass', name: 'istio-waypoint' }];
  return allowsNothing(rootNamespace, WAYPOINTS_CLOSED, { targetRefs });
}

function allowsNothing(namespace: string, name: string, target: AuthorizationPolicySpec) {
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: { name, namespace },
    spec: { action: 'ALLOW', ...target } satisfies Plain<AuthorizationPolicySpec>,
  };
}
