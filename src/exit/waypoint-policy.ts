import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { authoritiesOf, sourceOf } from './client-policy';
import { Declaration } from './declaration';
import { hostInName } from './hop-name';
import { WaypointHandle } from './waypoint-handle';
import {
  AuthorizationPolicySpecAction,
  AuthorizationPolicySpecRules,
  toJson_AuthorizationPolicySpec,
} from '../../imports/security.istio.io';
import { ResolvedPort } from '../destination/egress-port';
import { manifest } from '../mesh/manifest';
import { dottedName } from '../naming';
import { EgressClient } from '../policy/egress-client';
import { HttpCondition } from '../policy/http-rule';

interface Host {
  readonly host: string;
  /** The ServiceEntry that the policy is for. */
  readonly serviceEntry: string;
  readonly ports: () => ResolvedPort[];
}

interface Rule {
  readonly client: EgressClient;
  readonly condition: HttpCondition;
  readonly ports: Set<number>;
}

/** Who may reach one host through a waypoint: a policy on its ServiceEntry, and one for what declarations deny. */
export class WaypointPolicy extends Construct {
  public readonly authorizationPolicy: ApiObject;
  private readonly allowed = new Map<string, Rule>();
  private readonly denied = new Map<string, Rule>();

  public constructor(
    scope: Construct,
    id: string,
    private readonly waypoint: WaypointHandle,
    private readonly of: Host,
  ) {
    super(scope, id);
    this.authorizationPolicy = this.policy('Allowed', [], AuthorizationPolicySpecAction.ALLOW, this.allowed);
  }

  /** Lets a client make the calls of a declaration. */
  public allow(client: EgressClient, declaration: Declaration): void {
    const rules = declaration.rules.filter(({ clients }) => clients?.includes(client.toString()) ?? true);
    if (!declaration.rules.some(({ action }) => action === 'allow')) this.add(this.allowed, client, {}, declaration);
    for (const { action, clients: _, ...condition } of rules) {
      if (action === 'deny' && this.denied.size === 0) {
        this.policy('Denied', ['deny'], AuthorizationPolicySpecAction.DENY, this.denied);
      }
      this.add(action === 'deny' ? this.denied : this.allowed, client, condition, declaration);
    }
  }

  private add(to: Map<string, Rule>, client: EgressClient, condition: HttpCondition, { ports }: Declaration): void {
    const key = `${client} ${JSON.stringify(condition)}`;
    const rule = to.get(key) ?? { client, condition, ports: new Set() };
    for (const { port } of ports) rule.ports.add(port);
    to.set(key, rule);
  }

  private rules(rules: Map<string, Rule>): AuthorizationPolicySpecRules[] {
    return [...rules.keys()].sort().flatMap((key) => {
      const { client, condition, ports } = rules.get(key)!;
      const { methods, paths, headers } = condition;
      const from = [{ source: sourceOf(client) }];
      const declared = this.of.ports().filter(({ port }) => ports.has(port));
      const http = declared.filter(({ kind }) => kind === 'http');
      const opaque = declared.filter(({ kind }) => kind !== 'http');
      const operation = {
        // Another name in the Host header would be answered by whoever stands behind the same addresses.
        hosts: http.flatMap(({ port }) => authoritiesOf(this.of.host, port)),
        ports: http.map(({ port }) => `${port}`),
        methods,
        paths,
      };
      return [
        ...(http.length > 0 ? [{ from, to: [{ operation }], when: headers }] : []),
        // A rule of its own: of one that also names HTTP, nothing holds for connections that are not.
        ...(opaque.length > 0 ? [{ from, to: [{ operation: { ports: opaque.map(({ port }) => `${port}`) } }] }] : []),
      ];
    });
  }

  private policy(
    id: string,
    parts: string[],
    action: AuthorizationPolicySpecAction,
    rules: Map<string, Rule>,
  ): ApiObject {
    const { namespace, exitName, metadata } = this.waypoint;
    return manifest(this, id, {
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      namespace,
      name: dottedName(exitName, hostInName(this.of.host), ...parts),
      metadata,
      spec: () =>
        toJson_AuthorizationPolicySpec({
          targetRefs: [{ group: 'networking.istio.io', kind: 'ServiceEntry', name: this.of.serviceEntry }],
          action,
          rules: this.rules(rules),
        }),
    });
  }
}
