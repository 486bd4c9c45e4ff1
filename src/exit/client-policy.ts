import { ApiObject, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { Declaration } from './declaration';
import { GatewayHandle } from './gateway-handle';
import { everyNameForNamespace, hopServerName } from './hop-name';
import { ObjectSize } from './object-size';
import {
  AuthorizationPolicySpecAction,
  AuthorizationPolicySpecRules,
  AuthorizationPolicySpecRulesFromSource,
  toJson_AuthorizationPolicySpec,
} from '../../imports/security.istio.io';
import { httpPorts, opaquePorts } from '../destination/egress-port';
import { isWildcard } from '../destination/host';
import { manifest } from '../mesh/manifest';
import { dottedName } from '../naming';
import { EgressClient } from '../policy/egress-client';
import { HttpCondition, ResolvedHttpRule, whenHeaders } from '../policy/http-rule';
import { DRY_RUN, observedNamespaces } from '../policy/observed';

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
  public static for(scope: Construct, gateway: GatewayHandle, client: EgressClient, known: KnownHosts): ClientPolicy {
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
  private triesAllow = false;
  /** Whether all of the namespace may reach a port whose bytes are not read. */
  private admitsNamespace = false;
  /** What service accounts may reach on such ports. Their servers tell them apart, of which trials know nothing. */
  private readonly serverNames = new Map<string, { client: EgressClient; names: Set<string> }>();

  private constructor(
    scope: Construct,
    id: string,
    private readonly gateway: GatewayHandle,
    private readonly known: KnownHosts,
  ) {
    super(scope, id);
    const held = () => (this.triesAllow && this.isObserved() ? this.triedAllowed : this.allowed);
    this.authorizationPolicy = this.policy('AuthorizationPolicy', [id], AuthorizationPolicySpecAction.ALLOW, () => [
      ...this.httpRules(held()),
      ...this.opaqueRules(),
    ]);
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
    this.addServerNames(client, declaration);
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
      this.policy('Denied', [this.node.id, 'deny'], AuthorizationPolicySpecAction.DENY, () =>
        this.denyRules(this.denied),
      );
    }
    this.add(this.denied, client, condition, declaration);
  }

  /** All that the namespace may call, not only what the rule is about: the trial knows nothing of other policies. */
  private tryAllow(): void {
    if (this.triesAllow) return;
    this.triesAllow = true;
    const rules = () => [...this.httpRules(this.triedAllowed), ...this.opaqueRules(true)];
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

  private addServerNames(client: EgressClient, { scope, hosts, ports }: Declaration): void {
    const names = opaquePorts(ports)
      .filter(({ identified }) => identified)
      .flatMap(({ port }) => hosts.map((host) => hopServerName(host, port)));
    if (names.length === 0) return;
    if (!client.serviceAccountName) this.admitsNamespace = true;
    if (!client.serviceAccountName) return;
    const rule = this.serverNames.get(client.toString()) ?? { client, names: new Set() };
    for (const name of names) {
      if (!rule.names.has(name)) this.size.add(scope, name.length + 3);
      rule.names.add(name);
    }
    this.serverNames.set(client.toString(), rule);
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

  private opaqueRules(namesAccounts = this.isObserved()): AuthorizationPolicySpecRules[] {
    const rule = (client: EgressClient, names: string[]) => ({
      from: [{ source: sourceOf(client) }],
      // Without the port, whoever names such a server on the HTTP port could make every HTTP call.
      to: [{ operation: { ports: [`${this.gateway.targetPorts.opaque}`] } }],
      when: [{ key: 'connection.sni', values: names }],
    });
    const namespace = this.node.id;
    const accounts = namesAccounts ? [...this.serverNames.keys()].sort() : [];
    return [
      ...(this.admitsNamespace ? [rule(EgressClient.namespace(namespace), [everyNameForNamespace(namespace)])] : []),
      ...accounts.map((key) => rule(this.serverNames.get(key)!.client, [...this.serverNames.get(key)!.names].sort())),
    ];
  }

  private policy(
    id: string,
    parts: string[],
    action: AuthorizationPolicySpecAction,
    rules: () => AuthorizationPolicySpecRules[],
    dryRun = this.dryRun(),
  ): ApiObject {
    const { namespace, exitName, metadata, selector } = this.gateway;
    return manifest(this, id, {
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      namespace,
      name: dottedName(exitName, ...parts),
      metadata: { ...metadata, annotations: { ...metadata?.annotations, [DRY_RUN]: dryRun } },
      spec: () => toJson_AuthorizationPolicySpec({ selector: { matchLabels: selector }, action, rules: rules() }),
    });
  }

  /** While the namespace is observed, its policies only say in the exit's log what they would have done. */
  private dryRun(): string {
    return Lazy.any({ produce: () => (this.isObserved() ? 'true' : undefined) });
  }

  private isObserved(): boolean {
    return observedNamespaces(this).includes(this.node.id);
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

/** The Host headers of the calls that are let through: the port tells destinations of one host apart. */
export function authoritiesOf(host: string, port: number): string[] {
  return port === 80 ? [host, `${host}:80`] : [`${host}:${port}`];
}
