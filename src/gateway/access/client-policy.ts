import { ApiObject, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import {
  AuthorizationPolicySpecAction,
  AuthorizationPolicySpecRules,
  AuthorizationPolicySpecRulesFromSource,
  toJson_AuthorizationPolicySpec,
} from '../../../imports/security.istio.io';
import { httpPorts, identifiedPorts } from '../../destination/egress-port';
import { isWildcard } from '../../destination/host';
import { OwnGatewayAddress } from '../../exit/address';
import { Declaration } from '../../exit/declaration';
import { ObjectSize } from '../../exit/object-size';
import { everyNameForNamespace } from '../../exit/server-names';
import { objectsOf } from '../../mesh/manifest';
import { dottedName } from '../../naming';
import { EgressClient } from '../../policy/egress-client';
import { HttpCondition, ResolvedHttpRule, whenHeaders } from '../../policy/http-rule';
import { DRY_RUN, isObserved, onObserve } from '../../policy/observed';
import { authoritiesOf } from '../../upstream/authorities';

/** Stands for the namespace of `EgressClient.anyInMesh()`; no namespace has a dot in its name. */
const ANY = 'any.mesh';

/** Calls of one client that share a condition. */
interface Calls {
  readonly client: EgressClient;
  readonly condition: HttpCondition;
  readonly hosts: Map<string, string[]>;
}

/**
 * What the clients of one namespace may reach through a gateway: one policy, whose rules hold the sorted calls of all grants.
 * One object per namespace reads well, keeps its name whatever is declared, and is an eighth of the YAML that a policy per
 * declaration is. What a declaration denies stands in a second policy, and what rules would do that are only tried out in others.
 */
export class ClientPolicy extends Construct {
  /** The policy for a client's namespace, which is made when it is first asked for. */
  public static for(
    scope: Construct,
    gateway: OwnGatewayAddress,
    client: EgressClient,
    known: KnownHosts,
  ): ClientPolicy {
    const { namespaceName } = client;
    return ClientPolicy.find(scope, namespaceName) ?? new ClientPolicy(scope, namespaceName ?? ANY, gateway, known);
  }

  /** The policy for a namespace, or for any, if there is one. */
  public static find(scope: Construct, namespace?: string): ClientPolicy | undefined {
    return scope.node.tryFindChild(namespace ?? ANY) as ClientPolicy | undefined;
  }

  public readonly authorizationPolicy: ApiObject;
  private readonly size = new ObjectSize(
    "the namespace's policy",
    'split the hosts over several exits, or the clients over several namespaces',
  );
  private readonly allowed = new Map<string, Calls>();
  private readonly denied = new Map<string, Calls>();
  /** What would be let through if the rules held that are only tried out. */
  private readonly triedAllowed = new Map<string, Calls>();
  private readonly triedDenied = new Map<string, Calls>();
  /** Whether all of the namespace may reach a port whose bytes are not read. */
  private admitsNamespace = false;

  private constructor(
    scope: Construct,
    id: string,
    private readonly gateway: OwnGatewayAddress,
    private readonly known: KnownHosts,
  ) {
    super(scope, id);
    this.authorizationPolicy = this.policy('AuthorizationPolicy', [id], AuthorizationPolicySpecAction.ALLOW, () => [
      ...this.httpRules(this.allowed),
      ...this.opaqueRules(),
    ]);
    onObserve(this, () => isObserved(this, id) && this.tryAllow());
  }

  /** Lets a client make the calls of a declaration. @throws HostCount */
  public allow(client: EgressClient, declaration: Declaration): void {
    const enforced = declaration.rules.filter(({ dryRun }) => !dryRun);
    const tried = declaration.rules.filter(({ dryRun }) => dryRun);
    this.addAllowed(this.allowed, client, enforced, declaration);
    this.addAllowed(this.triedAllowed, client, declaration.rules, declaration);
    for (const condition of conditions(enforced, 'deny', client)) this.deny(client, condition, declaration);
    for (const condition of conditions(tried, 'deny', client)) this.tryDeny(client, condition, declaration);
    if (tried.some(({ action }) => action === 'allow')) this.tryAllow();
    if (!client.serviceAccountName && identifiedPorts(declaration.ports).length > 0) {
      this.admitsNamespace = true;
    }
  }

  private addAllowed(
    to: Map<string, Calls>,
    client: EgressClient,
    rules: ResolvedHttpRule[],
    declaration: Declaration,
  ) {
    if (!rules.some(({ action }) => action === 'allow')) this.add(to, client, {}, declaration);
    for (const condition of conditions(rules, 'allow', client)) this.add(to, client, condition, declaration);
  }

  private deny(client: EgressClient, condition: HttpCondition, declaration: Declaration): void {
    if (this.denied.size === 0) {
      const rules = () => this.denyRules(this.denied);
      this.policy('Denied', [this.node.id, 'deny'], AuthorizationPolicySpecAction.DENY, rules, this.whileObserved());
    }
    this.add(this.denied, client, condition, declaration);
  }

  /** All that the namespace may call, not only what the rule is about: the trial knows nothing of other policies. */
  private tryAllow(): void {
    if (this.node.tryFindChild('TriedAllowed')) return;
    const rules = () => this.httpRules(this.triedAllowed);
    this.policy('TriedAllowed', [this.node.id, 'dry-run'], AuthorizationPolicySpecAction.ALLOW, rules, 'true');
  }

  private tryDeny(client: EgressClient, condition: HttpCondition, declaration: Declaration): void {
    if (this.triedDenied.size === 0) {
      const rules = () => this.denyRules(this.triedDenied);
      this.policy('TriedDenied', [this.node.id, 'deny', 'dry-run'], AuthorizationPolicySpecAction.DENY, rules, 'true');
    }
    this.add(this.triedDenied, client, condition, declaration);
  }

  /** Without its port, a rule about HTTP would hold for every connection of the others, of which it can read nothing. */
  private denyRules(calls: Map<string, Calls>): AuthorizationPolicySpecRules[] {
    return this.httpRules(calls, [`${this.gateway.targetPorts.http}`]);
  }

  private add(to: Map<string, Calls>, client: EgressClient, condition: HttpCondition, declaration: Declaration): void {
    const ports = httpPorts(declaration.ports);
    if (ports.length === 0) return;
    const key = `${client} ${JSON.stringify(condition)}`;
    const calls = to.get(key) ?? { client, condition, hosts: new Map() };
    for (const host of declaration.hosts) {
      const authorities = new Set<string>(calls.hosts.get(host));
      for (const authority of ports.flatMap(({ port }) => authoritiesOf(host, port))) {
        if (to !== this.triedAllowed && !authorities.has(authority)) {
          this.size.add(declaration.scope, authority.length + 3);
        }
        authorities.add(authority);
      }
      calls.hosts.set(host, [...authorities]);
    }
    to.set(key, calls);
  }

  private httpRules(calls: Map<string, Calls>, ports?: string[]): AuthorizationPolicySpecRules[] {
    return [...calls.keys()].sort().map((key) => {
      const { client, condition, hosts } = calls.get(key)!;
      const { methods, paths, headers } = condition;
      const exact = [...hosts].filter(([host]) => !isWildcard(host)).flatMap(([, authorities]) => authorities);
      const operations = [
        ...(exact.length > 0 ? [{ hosts: exact.sort() }] : []),
        ...[...hosts]
          .filter(([host]) => isWildcard(host))
          .sort()
          .map(([host, authorities]) => ({
            hosts: authorities.sort(),
            notHosts: this.otherHostsBelow(host, authorities),
          })),
      ];
      return {
        from: [{ source: sourceOf(client) }],
        to: operations.map((operation) => ({ operation: { ...operation, ports, methods, paths } })),
        when: whenHeaders(headers),
      };
    });
  }

  /** A wildcard lets nobody through to a host below it that has its own route and its own grants. */
  private otherHostsBelow(wildcard: string, authorities: string[]): string[] | undefined {
    const hosts = this.known.below(wildcard);
    const ports = authorities.map((authority) => authority.slice(wildcard.length));
    return hosts.length > 0 ? hosts.flatMap((host) => ports.map((port) => host + port)).sort() : undefined;
  }

  /** Of service accounts, servers tell by themselves. Those for a whole namespace are named by prefix, never by host. */
  private opaqueRules(): AuthorizationPolicySpecRules[] {
    if (!this.admitsNamespace) return [];
    const namespace = this.node.id;
    return [
      {
        from: [{ source: sourceOf(EgressClient.namespace(namespace)) }],
        // Without the port, whoever names such a server on the HTTP port could make every HTTP call.
        to: [{ operation: { ports: [`${this.gateway.targetPorts.opaque}`] } }],
        when: [{ key: 'connection.sni', values: [everyNameForNamespace(namespace)] }],
      },
    ];
  }

  private policy(
    id: string,
    parts: string[],
    action: AuthorizationPolicySpecAction,
    rules: () => AuthorizationPolicySpecRules[],
    dryRun?: string,
  ): ApiObject {
    const { exitName, selector } = this.gateway;
    return objectsOf(
      this,
      this.gateway,
    )({
      id,
      kind: 'AuthorizationPolicy',
      name: dottedName(exitName, ...parts),
      annotations: dryRun === undefined ? undefined : { [DRY_RUN]: dryRun },
      spec: () => toJson_AuthorizationPolicySpec({ selector: { matchLabels: selector }, action, rules: rules() }),
    });
  }

  /** What is denied to an observed namespace only stands in the exit's log. What is allowed holds always: it takes nothing away. */
  private whileObserved(): string {
    return Lazy.any({ produce: () => (isObserved(this, this.node.id) ? 'true' : undefined) });
  }
}

/** The hosts that an exit knows, when everything is declared. */
export interface KnownHosts {
  /** The exit's hosts below a wildcard, narrower wildcards included. */
  below(wildcard: string): string[];
}

/** What the rules of an action ask of a client's calls. */
export function conditions(
  rules: ResolvedHttpRule[],
  wanted: ResolvedHttpRule['action'],
  client: EgressClient,
): HttpCondition[] {
  return rules
    .filter(({ action, clients }) => action === wanted && (clients?.includes(client.toString()) ?? true))
    .map(({ methods, paths, headers }) => ({ methods, paths, headers }));
}

/** A client, as a policy names it. */
export function sourceOf(client: EgressClient): AuthorizationPolicySpecRulesFromSource {
  if (client.serviceAccountName) return { serviceAccounts: [client.toString()] };
  return client.namespaceName ? { namespaces: [client.namespaceName] } : { principals: ['*'] };
}
