import { ApiObject, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import {
  AuthorizationPolicySpecRules,
  AuthorizationPolicySpecRulesFromSource,
  AuthorizationPolicySpec,
} from '../../../imports/security.istio.io';
import { httpPorts, identifiedPorts } from '../../destination/egress-port';
import { isWildcard } from '../../destination/host-names';
import { OwnGatewayAddress } from '../../exit/address';
import { Declaration } from '../../exit/declaration';
import { everyNameForNamespace } from '../../exit/server-names';
import { objectsOf } from '../../mesh/manifest';
import { Plain } from '../../mesh/plain';
import { ObjectSize } from '../../mesh/stored-size';
import { dottedName } from '../../naming';
import { EgressClient } from '../../policy/egress-client';
import { HttpCondition, ResolvedHttpRule, whenHeaders } from '../../policy/http-rule';
import { DRY_RUN, isObserved, onObserve } from '../../policy/observed';
import { authoritiesOf } from '../../upstream/authorities';

/** Stands for the namespace of `EgressClient.anyInMesh()`; no namespace has a dot in its name. */
const ANY = 'any.mesh';

/** The HTTP calls that one declaration allows one client. */
interface Granted {
  readonly client: EgressClient;
  readonly hosts: string[];
  readonly ports: number[];
  readonly rules: ResolvedHttpRule[];
}

/** Calls of one client that share a condition: the authorities of each host. */
interface Calls {
  readonly client: EgressClient;
  readonly condition: HttpCondition;
  readonly hosts: Map<string, Set<string>>;
}

/**
 * What the clients of one namespace may reach through a gateway: one policy, whose rules hold the sorted calls of all grants.
 * One object per namespace reads well, keeps its name whatever is declared, and is an eighth of the YAML of one policy per
 * declaration (measured in npm run bench, for many hosts of one namespace). What a declaration denies stands in a second policy, and what rules would do that are only tried out in others.
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
  /** The authorities that are counted, by the way in which they are allowed or denied. */
  private readonly counted = new Map<string, Set<string>>();
  private readonly granted: Granted[] = [];
  /** Whether the whole namespace is a client of an opaque port. */
  private admitsNamespace = false;

  private constructor(
    scope: Construct,
    id: string,
    private readonly gateway: OwnGatewayAddress,
    private readonly known: KnownHosts,
  ) {
    super(scope, id);
    this.authorizationPolicy = this.policy('AuthorizationPolicy', [id], 'ALLOW', () => [
      ...this.httpRules(this.allowed(false)),
      ...this.opaqueRules(),
    ]);
    onObserve(this, () => isObserved(this, id) && this.tryAllowed());
  }

  /** Lets a client make the calls of a declaration. @throws HostCount */
  public allow(client: EgressClient, { scope, hosts, ports, rules }: Declaration): void {
    const granted = { client, hosts, ports: httpPorts(ports).map(({ port }) => port), rules };
    this.count(scope, granted);
    this.granted.push(granted);
    this.makeOthers(granted);
    if (!client.serviceAccountName && identifiedPorts(ports).length > 0) this.admitsNamespace = true;
  }

  /** The policies besides the first are there when a declaration needs them: istiod's validation refuses a DENY without rules. */
  private makeOthers({ client, rules }: Granted): void {
    const denies = (dryRun: boolean) => conditions(rules, { action: 'deny', dryRun }, client).length > 0;
    const { id } = this.node;
    if (denies(false)) this.makeOnce('Denied', [id, 'deny'], 'DENY', () => this.denied(false), this.whileObserved());
    if (rules.some(({ action, dryRun }) => action === 'allow' && dryRun)) this.tryAllowed();
    if (denies(true)) this.makeOnce('TriedDenied', [id, 'deny', 'dry-run'], 'DENY', () => this.denied(true), 'true');
  }

  /**
   * Makes the policy in dry run for what is allowed. It holds everything that the namespace may call, not only what tried rules are
   * about: Istio evaluates a dry run without the policies in force.
   */
  private tryAllowed(): void {
    this.makeOnce('TriedAllowed', [this.node.id, 'dry-run'], 'ALLOW', () => this.allowed(true), 'true');
  }

  private makeOnce(id: string, parts: string[], action: 'ALLOW' | 'DENY', calls: () => Calls[], dryRun: string): void {
    if (this.node.tryFindChild(id)) return;
    // Without its port, a denial of HTTP would hold for every connection of the others, of which it can read nothing.
    const ports = action === 'DENY' ? [`${this.gateway.targetPorts.http}`] : undefined;
    this.policy(id, parts, action, () => this.httpRules(calls(), ports), dryRun);
  }

  /** The calls that are allowed; as a trial, those that would be if every rule held. */
  private allowed(trial: boolean): Calls[] {
    return this.merged((granted) => allowedBy(granted, trial));
  }

  /** The calls that are refused; as a trial, those that rules would refuse that are only tried out. */
  private denied(dryRun: boolean): Calls[] {
    return this.merged(({ client, rules }) => conditions(rules, { action: 'deny', dryRun }, client));
  }

  /** All grants with their conditions, those of one client and condition together, in an order that no declaration changes. */
  private merged(conditionsOf: (granted: Granted) => HttpCondition[]): Calls[] {
    const all = new Map<string, Calls>();
    for (const granted of this.granted) {
      if (granted.ports.length === 0) continue;
      for (const condition of conditionsOf(granted)) {
        const key = `${granted.client} ${JSON.stringify(condition)}`;
        const calls = all.get(key) ?? { client: granted.client, condition, hosts: new Map<string, Set<string>>() };
        all.set(key, calls);
        for (const host of granted.hosts) {
          const authorities = calls.hosts.get(host) ?? new Set();
          calls.hosts.set(host, authorities);
          for (const port of granted.ports) for (const name of authoritiesOf(host, port)) authorities.add(name);
        }
      }
    }
    return [...all.keys()].sort().map((key) => all.get(key)!);
  }

  /** Each authority once for each client and condition, as it stands in the policies in force. @throws HostCount */
  private count(scope: Construct, granted: Granted): void {
    const { client, hosts, ports, rules } = granted;
    const authorities = hosts.flatMap((host) => ports.flatMap((port) => authoritiesOf(host, port)));
    const ways = { allowed: allowedBy(granted, false), denied: conditions(rules, { action: 'deny' }, client) };
    for (const [action, found] of Object.entries(ways)) {
      for (const condition of found) {
        const way = `${action} ${client} ${JSON.stringify(condition)}`;
        const counted = this.counted.get(way) ?? new Set();
        this.counted.set(way, counted);
        for (const authority of authorities) {
          if (counted.has(authority)) continue;
          this.size.add(scope, authority.length + 3);
          counted.add(authority);
        }
      }
    }
  }

  private httpRules(calls: Calls[], ports?: string[]): AuthorizationPolicySpecRules[] {
    return calls.map(({ client, condition, hosts }) => {
      const { methods, paths, headers } = condition;
      const exact = [...hosts].filter(([host]) => !isWildcard(host)).flatMap(([, authorities]) => [...authorities]);
      const operations = [
        ...(exact.length > 0 ? [{ hosts: exact.sort() }] : []),
        ...[...hosts]
          .filter(([host]) => isWildcard(host))
          .sort()
          .map(([host, authorities]) => ({
            hosts: [...authorities].sort(),
            notHosts: this.otherHostsBelow(host, [...authorities].sort()),
          })),
      ];
      return {
        from: [{ source: sourceOf(client) }],
        to: operations.map((operation) => ({ operation: { ...operation, ports, methods, paths } })),
        when: headers && whenHeaders(headers),
      };
    });
  }

  /** A wildcard lets nobody through to a host below it that has its own route and its own grants. */
  private otherHostsBelow(wildcard: string, authorities: string[]): string[] | undefined {
    const hosts = this.known.below(wildcard);
    const ports = authorities.map((authority) => authority.slice(wildcard.length));
    return hosts.length > 0 ? hosts.flatMap((host) => ports.map((port) => host + port)).sort() : undefined;
  }

  /**
   * The rule for opaque ports, if the whole namespace is a client: it names their servers by prefix, never by host. Servers for
   * service accounts need no rule here.
   */
  private opaqueRules(): AuthorizationPolicySpecRules[] {
    if (!this.admitsNamespace) return [];
    const namespace = this.node.id;
    return [
      {
        from: [{ source: sourceOf(EgressClient.namespace(namespace)) }],
        // Without the port in it, the rule would allow every HTTP call to a caller that asks for such a server name on the HTTP port.
        to: [{ operation: { ports: [`${this.gateway.targetPorts.opaque}`] } }],
        when: [{ key: 'connection.sni', values: [everyNameForNamespace(namespace)] }],
      },
    ];
  }

  private policy(
    id: string,
    parts: string[],
    action: 'ALLOW' | 'DENY',
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
      spec: () =>
        ({ selector: { matchLabels: selector }, action, rules: rules() }) satisfies Plain<AuthorizationPolicySpec>,
    });
  }

  /**
   * Whether denials are only tried out: those of an observed namespace are. What is allowed is in force in every mode, because it
   * refuses nothing.
   */
  private whileObserved(): string {
    return Lazy.any({ produce: () => (isObserved(this, this.node.id) ? 'true' : undefined) });
  }
}

/** The hosts of an exit, to be read once everything is declared. */
export interface KnownHosts {
  /** The exit's hosts below a wildcard, narrower wildcards included. */
  below(wildcard: string): string[];
}

/** The conditions under which a grant allows calls: those of its rules, or none. As a trial, also those of rules that are only tried out. */
function allowedBy({ client, rules }: Granted, trial: boolean): HttpCondition[] {
  const holding = trial ? rules : rules.filter(({ dryRun }) => !dryRun);
  const any = holding.some(({ action }) => action === 'allow');
  return any ? conditions(holding, { action: 'allow' }, client) : [{}];
}

/** Which rules are meant; both that hold and that are tried out where `dryRun` is left out. */
interface Wanted {
  readonly action: ResolvedHttpRule['action'];
  readonly dryRun?: boolean;
}

/** What rules ask of a client's calls. */
export function conditions(rules: ResolvedHttpRule[], wanted: Wanted, client: EgressClient): HttpCondition[] {
  const isMeant = ({ action, dryRun }: ResolvedHttpRule) =>
    action === wanted.action && (wanted.dryRun === undefined || wanted.dryRun === Boolean(dryRun));
  return rules
    .filter((rule) => isMeant(rule) && (rule.clients?.includes(client.toString()) ?? true))
    .map(({ methods, paths, headers }) => ({ methods, paths, headers }));
}

/** A client, as a policy names it. */
export function sourceOf(client: EgressClient): AuthorizationPolicySpecRulesFromSource {
  if (client.serviceAccountName) return { serviceAccounts: [client.toString()] };
  return client.namespaceName ? { namespaces: [client.namespaceName] } : { principals: ['*'] };
}
