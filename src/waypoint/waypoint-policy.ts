import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { WaypointAddress } from './waypoint-address';
import {
  AuthorizationPolicySpecRules,
  AuthorizationPolicySpecRulesWhen,
  AuthorizationPolicySpec,
} from '../../imports/security.istio.io';
import { ResolvedPort } from '../destination/egress-port';
import { isWildcard } from '../destination/host-names';
import { Declaration } from '../exit/declaration';
import { hostInName } from '../exit/names';
import { conditions, sourceOf } from '../gateway/access/client-policy';
import { objectsOf } from '../mesh/manifest';
import { Plain } from '../mesh/plain';
import { dottedName } from '../naming';
import { EgressClient } from '../policy/egress-client';
import { HttpCondition, ResolvedHttpRule, whenHeaders } from '../policy/http-rule';
import { DRY_RUN, isObserved, onObserve } from '../policy/observed';
import { authoritiesOf } from '../upstream/authorities';

interface Host {
  readonly host: string;
  /** The ServiceEntry that the policy is for. */
  readonly serviceEntry: string;
  readonly ports: () => ResolvedPort[];
  /** Hosts of the waypoint that a wildcard includes, and that have grants of their own. */
  readonly below: () => string[];
}

/** The calls that one declaration allows one client. */
interface Granted {
  readonly client: EgressClient;
  readonly ports: number[];
  readonly rules: ResolvedHttpRule[];
}

/** Calls of one client that share a condition. */
interface Rule {
  readonly client: EgressClient;
  readonly condition: HttpCondition;
  readonly ports: Set<number>;
}

/**
 * Who may reach one host through a waypoint: a policy on its ServiceEntry, one for what declarations deny, and others for what
 * is only tried out.
 */
export class WaypointPolicy extends Construct {
  public readonly authorizationPolicy: ApiObject;
  private readonly granted: Granted[] = [];
  private readonly denials: Construct;

  public constructor(
    scope: Construct,
    id: string,
    private readonly waypoint: WaypointAddress,
    private readonly of: Host,
  ) {
    super(scope, id);
    this.authorizationPolicy = this.policy(this, 'Allowed', [], 'ALLOW', () => this.allowed(false));
    this.denials = new Construct(this, 'Denials');
    // Denials are written first, so that nothing is let through before they are in force.
    this.authorizationPolicy.node.addDependency(this.denials);
    onObserve(this, () => this.makeOthers());
  }

  /** Lets a client make the calls of a declaration. */
  public allow(client: EgressClient, { ports, rules }: Declaration): void {
    this.granted.push({ client, ports: ports.map(({ port }) => port), rules });
    this.makeOthers();
  }

  /**
   * The policies besides the first are there while a declaration needs them: istiod's validation refuses a DENY without rules,
   * and a namespace that comes to be observed takes its rules from the one in force.
   */
  private makeOthers(): void {
    const some = (test: (rule: ResolvedHttpRule, client: EgressClient) => boolean) =>
      this.granted.some(({ client, rules }) => rules.some((rule) => test(rule, client)));
    const observed = this.granted.some(({ client }) => isObserved(this, client.namespaceName));
    this.make(
      some((rule, client) => rule.action === 'deny' && !this.isTried(rule, client)),
      'Denied',
      ['deny'],
      'DENY',
      () => this.denied(false),
    );
    this.make(
      observed || some(({ action, dryRun }) => action === 'allow' && dryRun === true),
      'TriedAllowed',
      ['dry-run'],
      'ALLOW',
      () => this.allowed(true),
    );
    this.make(
      some((rule, client) => rule.action === 'deny' && this.isTried(rule, client)),
      'TriedDenied',
      ['deny', 'dry-run'],
      'DENY',
      () => this.denied(true),
    );
  }

  private make(
    needed: boolean,
    id: string,
    parts: string[],
    action: 'ALLOW' | 'DENY',
    rules: () => AuthorizationPolicySpecRules[],
  ): void {
    const place = action === 'DENY' ? this.denials : this;
    if (!needed) place.node.tryRemoveChild(id);
    else if (!place.node.tryFindChild(id)) this.policy(place, id, parts, action, rules);
  }

  /** What may be called; as a trial, what could be if every rule held: it knows nothing of other policies. */
  private allowed(trial: boolean): AuthorizationPolicySpecRules[] {
    const merged = new Map<string, Rule>();
    for (const { client, ports, rules } of this.granted) {
      const holding = rules.filter(({ dryRun }) => trial || !dryRun);
      const any = holding.some(({ action }) => action === 'allow');
      for (const condition of any ? conditions(holding, { action: 'allow' }, client) : [{}]) {
        add(merged, client, condition, ports);
      }
    }
    return this.rules(merged);
  }

  /** What is refused, or as a trial would be. */
  private denied(trial: boolean): AuthorizationPolicySpecRules[] {
    const merged = new Map<string, Rule>();
    for (const { client, ports, rules } of this.granted) {
      const these = rules.filter((rule) => trial === this.isTried(rule, client));
      for (const condition of conditions(these, { action: 'deny' }, client)) add(merged, client, condition, ports);
    }
    return this.rules(merged);
  }

  /** Whether a denial only stands in the log: of an observed namespace, each does. */
  private isTried({ dryRun }: ResolvedHttpRule, { namespaceName }: EgressClient): boolean {
    return dryRun === true || isObserved(this, namespaceName);
  }

  private rules(merged: Map<string, Rule>): AuthorizationPolicySpecRules[] {
    return [...merged.keys()].sort().flatMap((key) => {
      const { client, condition, ports } = merged.get(key)!;
      const { methods, paths, headers } = condition;
      const from = [{ source: sourceOf(client) }];
      const declared = this.of.ports().filter(({ port }) => ports.has(port));
      const http = declared.filter(({ kind }) => kind === 'http');
      const opaque = declared.filter(({ kind }) => kind !== 'http');
      const authorities = (host: string) => http.flatMap(({ port }) => authoritiesOf(host, port));
      const others = this.of.below().flatMap(authorities).sort();
      const operation = {
        // Another name in the Host header would be answered by whoever stands behind the same addresses.
        hosts: authorities(this.of.host),
        notHosts: others.length > 0 ? others : undefined,
        ports: http.map(({ port }) => `${port}`),
        methods,
        paths,
      };
      return [
        ...(http.length > 0 ? [{ from, to: [{ operation }], when: headers && whenHeaders(headers) }] : []),
        // A rule of its own: of one that also names HTTP, nothing holds for connections that are not.
        ...(opaque.length > 0
          ? [{ from, to: [{ operation: { ports: opaque.map(({ port }) => `${port}`) } }], when: this.serverNames() }]
          : []),
      ];
    });
  }

  /** Below a wildcard the waypoint connects to whatever server name the caller's TLS says. */
  private serverNames(): AuthorizationPolicySpecRulesWhen[] | undefined {
    const { host } = this.of;
    if (!isWildcard(host)) return undefined;
    const others = this.of.below();
    return [{ key: 'connection.sni', values: [host], notValues: others.length > 0 ? others.sort() : undefined }];
  }

  private policy(
    scope: Construct,
    id: string,
    parts: string[],
    action: 'ALLOW' | 'DENY',
    rules: () => AuthorizationPolicySpecRules[],
  ): ApiObject {
    return objectsOf(
      scope,
      this.waypoint,
    )({
      id,
      kind: 'AuthorizationPolicy',
      name: dottedName(this.waypoint.exitName, hostInName(this.of.host), ...parts),
      annotations: parts.includes('dry-run') ? { [DRY_RUN]: 'true' } : undefined,
      spec: () =>
        ({
          targetRefs: [{ group: 'networking.istio.io', kind: 'ServiceEntry', name: this.of.serviceEntry }],
          action,
          rules: rules(),
        }) satisfies Plain<AuthorizationPolicySpec>,
    });
  }
}

function add(to: Map<string, Rule>, client: EgressClient, condition: HttpCondition, ports: number[]): void {
  const key = `${client} ${JSON.stringify(condition)}`;
  const rule = to.get(key) ?? { client, condition, ports: new Set() };
  for (const port of ports) rule.ports.add(port);
  to.set(key, rule);
}
