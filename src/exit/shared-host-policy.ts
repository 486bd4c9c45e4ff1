import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Declaration } from './declaration';
import { GatewayHandle } from './gateway-handle';
import { hopServerName, hostInName } from './hop-name';
import { sourceBut } from './source-but';
import {
  AuthorizationPolicySpecAction,
  AuthorizationPolicySpecRules,
  AuthorizationPolicySpecRulesFromSource,
  toJson_AuthorizationPolicySpec,
} from '../../imports/security.istio.io';
import { ResolvedPort } from '../destination/egress-port';
import { manifest } from '../mesh/manifest';
import { dottedName } from '../naming';
import { EgressClient } from '../policy/egress-client';

/**
 * Who may reach one host through a gateway that others use: everybody else is refused. It names what it refuses, so that it
 * says nothing about the calls of others; an allow-list would refuse all of them.
 */
export class SharedHostPolicy extends Construct {
  /** The policy for a host, which is made when it is first asked for. */
  public static for(scope: Construct, gateway: GatewayHandle, host: string): SharedHostPolicy {
    const existing = scope.node.tryFindChild(host) as SharedHostPolicy | undefined;
    return existing ?? new SharedHostPolicy(scope, gateway, host);
  }

  /** Whether a declaration leaves anything to decide: servers tell service accounts apart on ports whose bytes are not read. */
  public static isNeeded({ ports, clients }: Declaration): boolean {
    return ports.some(({ kind }) => kind === 'http') || clients.some(({ serviceAccountName }) => !serviceAccountName);
  }

  public readonly authorizationPolicy: ApiObject;
  private readonly clients = new Map<number, { port: ResolvedPort; clients: Map<string, EgressClient> }>();

  private constructor(
    scope: Construct,
    private readonly gateway: GatewayHandle,
    private readonly host: string,
  ) {
    super(scope, host);
    this.authorizationPolicy = manifest(this, 'AuthorizationPolicy', {
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      namespace: gateway.namespace,
      name: dottedName(gateway.exitName, hostInName(host)),
      metadata: gateway.metadata,
      spec: () =>
        toJson_AuthorizationPolicySpec({
          selector: { matchLabels: gateway.selector },
          action: AuthorizationPolicySpecAction.DENY,
          rules: this.rules(),
        }),
    });
  }

  /** Lets the clients of a declaration through. */
  public allow({ ports, clients }: Declaration): void {
    for (const port of ports) {
      const known = this.clients.get(port.port) ?? { port, clients: new Map() };
      for (const client of clients) known.clients.set(client.toString(), client);
      this.clients.set(port.port, known);
    }
  }

  private rules(): AuthorizationPolicySpecRules[] {
    const ports = [...this.clients.values()].sort((a, b) => a.port.port - b.port.port);
    const http = ports.filter(({ port }) => port.kind === 'http');
    const opaque = ports.filter(({ port }) => port.kind !== 'http');
    const httpPort = [`${this.gateway.targetPorts.http}`];
    const others = {
      to: [
        {
          operation: {
            hosts: [this.host, `${this.host}:*`],
            notHosts: http.flatMap(({ port }) => this.authorities(port)),
            ports: httpPort,
          },
        },
      ],
    };
    return [
      ...http.map(({ port, clients }) => ({
        from: [{ source: everybodyBut(clients) }],
        to: [{ operation: { hosts: this.authorities(port), ports: httpPort } }],
      })),
      ...(http.length > 0 ? [others] : []),
      ...opaque.flatMap(({ port, clients }) => this.opaqueRules(port, [...clients.values()])),
    ];
  }

  /** Each for the server of a namespace: those for service accounts take nobody else. */
  private opaqueRules({ port }: ResolvedPort, clients: EgressClient[]): AuthorizationPolicySpecRules[] {
    const whole = clients.filter(({ serviceAccountName }) => !serviceAccountName);
    const namespaces = whole.map(({ namespaceName }) => namespaceName!).sort();
    return namespaces.map((namespace) => ({
      from: [{ source: { notNamespaces: [namespace] } }],
      // Without the port, the rule would hold for every connection of the others, of which it can read nothing.
      to: [{ operation: { ports: [`${this.gateway.targetPorts.opaque}`] } }],
      when: [{ key: 'connection.sni', values: [hopServerName(this.host, port, namespace)] }],
    }));
  }

  private authorities({ port }: ResolvedPort): string[] {
    return port === 80 ? [this.host, `${this.host}:80`] : [`${this.host}:${port}`];
  }
}

/** Whoever is none of the clients. */
function everybodyBut(clients: Map<string, EgressClient>): AuthorizationPolicySpecRulesFromSource {
  const sorted = [...clients.keys()].sort().map((name) => clients.get(name)!);
  if (sorted.some(({ namespaceName }) => namespaceName === undefined)) return { notPrincipals: ['*'] };
  const accounts = sorted.filter(({ serviceAccountName }) => serviceAccountName !== undefined).map(String);
  const namespaces = sorted.filter(({ serviceAccountName }) => serviceAccountName === undefined);
  return sourceBut(
    accounts,
    namespaces.map(({ namespaceName }) => namespaceName!),
  );
}
