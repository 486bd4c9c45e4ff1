import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Declaration } from './declaration';
import { GatewayHandle } from './gateway-handle';
import {
  AuthorizationPolicySpecAction,
  AuthorizationPolicySpecRulesFromSource,
  toJson_AuthorizationPolicySpec,
} from '../../imports/security.istio.io';
import { EgressError } from '../errors';
import { manifest } from '../mesh/manifest';
import { dottedName } from '../naming';
import { EgressClient } from '../policy/egress-client';

/** Stands for the namespace of `EgressClient.anyInMesh()`; no namespace has a dot in its name. */
const ANY = 'any.mesh';

/** What an object may hold, with room for metadata: etcd takes 1.5 MiB. */
const MAX_CHARACTERS = 1_000_000;

/**
 * What the clients of one namespace may reach through a gateway: one policy, a rule per client, the sorted calls of all its
 * grants. One object per namespace reads well, keeps its name whatever is declared, and is an eighth of the YAML that a
 * policy per declaration is.
 */
export class ClientPolicy extends Construct {
  /** The policy for a client's namespace, which is made when it is first asked for. */
  public static for(scope: Construct, gateway: GatewayHandle, client: EgressClient): ClientPolicy {
    const { namespaceName } = client;
    return ClientPolicy.find(scope, namespaceName) ?? new ClientPolicy(scope, namespaceName ?? ANY, gateway);
  }

  /** The policy for a namespace, or for any, if there is one. */
  public static find(scope: Construct, namespace?: string): ClientPolicy | undefined {
    return scope.node.tryFindChild(namespace ?? ANY) as ClientPolicy | undefined;
  }

  public readonly authorizationPolicy: ApiObject;
  private characters = 0;
  private readonly rules = new Map<string, { client: EgressClient; authorities: Set<string> }>();

  private constructor(scope: Construct, id: string, gateway: GatewayHandle) {
    super(scope, id);
    this.authorizationPolicy = manifest(this, 'AuthorizationPolicy', {
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      namespace: gateway.namespace,
      name: dottedName(gateway.exitName, id),
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

  /** Lets a client make the calls of a declaration. @throws HostCount */
  public allow(client: EgressClient, declaration: Declaration): void {
    const key = client.toString();
    const rule = this.rules.get(key) ?? { client, authorities: new Set() };
    for (const authority of authoritiesOf(declaration)) {
      if (!rule.authorities.has(authority)) this.characters += authority.length + 3;
      rule.authorities.add(authority);
    }
    if (this.characters > MAX_CHARACTERS) this.refuse(declaration);
    this.rules.set(key, rule);
  }

  private refuse({ scope }: Declaration): never {
    throw new EgressError('HostCount', scope, {
      what: "the namespace's policy would be larger than what Kubernetes stores",
      given: `${this.characters} characters of hosts`,
      allowed: `${MAX_CHARACTERS} for the clients of one namespace at one exit`,
      fix: 'split the hosts over several exits, or the clients over several namespaces',
    });
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
