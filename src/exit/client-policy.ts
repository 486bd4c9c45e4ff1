import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Declaration } from './declaration';
import { GatewayHandle } from './gateway-handle';
import {
  AuthorizationPolicySpecAction,
  AuthorizationPolicySpecRulesFromSource,
  toJson_AuthorizationPolicySpec,
} from '../../imports/security.istio.io';
import { manifest } from '../mesh/manifest';
import { joinName } from '../naming';
import { EgressClient } from '../policy/egress-client';

/** Stands for the namespace of `EgressClient.anyInMesh()`. */
const ANY = 'any-in-mesh';

/**
 * What the clients of one namespace may reach through a gateway: one policy, a rule per client, the sorted calls of all its
 * grants. One object per namespace reads well, keeps its name whatever is declared, and is an eighth of the YAML that a
 * policy per declaration is.
 */
export class ClientPolicy extends Construct {
  /** The policy for a client's namespace, which is made when it is first asked for. */
  public static for(scope: Construct, gateway: GatewayHandle, client: EgressClient): ClientPolicy {
    const id = client.namespaceName ?? ANY;
    return (scope.node.tryFindChild(id) as ClientPolicy | undefined) ?? new ClientPolicy(scope, id, gateway);
  }

  public readonly authorizationPolicy: ApiObject;
  private readonly rules = new Map<string, { client: EgressClient; authorities: Set<string> }>();

  private constructor(scope: Construct, id: string, gateway: GatewayHandle) {
    super(scope, id);
    this.authorizationPolicy = manifest(this, 'AuthorizationPolicy', {
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      namespace: gateway.namespace,
      name: joinName(this, gateway.exitName, id),
      metadata: gateway.metadata,
      spec: () =>
        toJson_AuthorizationPolicySpec({
          selector: { matchLabels: gateway.selector },
          action: AuthorizationPolicySpecAction.ALLOW,
          rules: [...this.rules.keys()].sort().map((key) => {
            const { client, authorities } = this.rules.get(key)!;
            return { from: [{ source: source(client) }], to: [{ operation: { hosts: [...authorities].sort() } }] };
          }),
        }),
    });
  }

  /** Lets a client make the calls of a declaration. */
  public allow(client: EgressClient, declaration: Declaration): void {
    const key = client.toString();
    const rule = this.rules.get(key) ?? { client, authorities: new Set() };
    for (const authority of authoritiesOf(declaration)) rule.authorities.add(authority);
    this.rules.set(key, rule);
  }
}

function source(client: EgressClient): AuthorizationPolicySpecRulesFromSource {
  if (client.serviceAccountName) return { serviceAccounts: [client.toString()] };
  return client.namespaceName ? { namespaces: [client.namespaceName] } : { principals: ['*'] };
}

/** The Host headers of the calls that are let through: the port tells destinations of one host apart. */
function authoritiesOf({ hosts, ports }: Declaration): string[] {
  return hosts.flatMap((host) =>
    ports.flatMap(({ port }) => (port === 80 ? [host, `${host}:80`] : [`${host}:${port}`])),
  );
}
