import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import {
  DestinationRuleSpecSubsets,
  DestinationRuleSpecTrafficPolicyPortLevelSettings,
  DestinationRuleSpec,
} from '../../imports/networking.istio.io';
import { httpPorts, opaquePorts } from '../destination/egress-port';
import { EgressError } from '../errors';
import { OwnGatewayAddress } from '../exit/address';
import { Declaration } from '../exit/declaration';
import { hopLabel } from '../exit/names';
import { hopServerName } from '../exit/server-names';
import { objectsOf } from '../mesh/manifest';
import { Plain } from '../mesh/plain';
import { dottedName } from '../naming';
import { EgressClient } from '../policy/egress-client';

/** The subset for TLS without identity: the application's own TLS goes to the exit without mutual TLS around it. */
const BARE_SUBSET = 'without-identity';
const EVERYBODY = '*';

/** The name of the subset of the exit's Service that asks for a server name of the hop; undefined for TLS without identity. */
export function subsetFor(serverName: string | undefined): string {
  return serverName === undefined ? BARE_SUBSET : hopLabel(serverName);
}

/**
 * The DestinationRules by which sidecars connect to a gateway in mutual TLS. The gateway's owner makes them in the gateway's namespace,
 * as everything else that clients share: istiod looks for a DestinationRule in the client's namespace, then in that of the Service.
 * One for HTTP holds for every client. Opaque ports need a subset for each server name of the hop, so that each client namespace has
 * a DestinationRule of its own, which no other namespace sees. Settings stand on the two ports of the exit alone (`portLevelSettings`):
 * the Service of pods that exist already may have other ports, which belong to somebody else.
 */
export class GatewayDestinationRules extends Construct {
  private readonly rules = new Map<string, GatewayDestinationRule>();

  public constructor(
    scope: Construct,
    id: string,
    private readonly gateway: OwnGatewayAddress,
  ) {
    super(scope, id);
    if (!this.isShared) this.rules.set(EVERYBODY, new GatewayDestinationRule(this, EVERYBODY, gateway));
  }

  /** The DestinationRule for a namespace's opaque ports, or without a namespace that for the whole mesh; undefined if there is none. */
  public find(namespace?: string): ApiObject | undefined {
    return this.rules.get(namespace ?? EVERYBODY)?.destinationRule;
  }

  /** Lets the clients of a declaration connect. @throws ExitCannotCarry */
  public admit(declaration: Declaration): void {
    const { clients, hosts, ports } = declaration;
    const opaque = opaquePorts(ports);
    for (const client of clients) {
      if (opaque.length === 0 && !this.isShared) continue;
      const rule = this.ruleFor(client);
      for (const { port, kind } of opaque) {
        for (const host of hosts) rule.add(kind === 'open' ? undefined : askedBy(client, host, port));
      }
    }
    this.checkApart(declaration);
  }

  /** Whether one Service takes HTTP and opaque ports: of two DestinationRules that a namespace sees for it, Istio would take one. */
  private get isShared(): boolean {
    return this.gateway.http.host === this.gateway.opaque.host;
  }

  private ruleFor({ namespaceName = EVERYBODY }: EgressClient): GatewayDestinationRule {
    const rule = this.rules.get(namespaceName) ?? new GatewayDestinationRule(this, namespaceName, this.gateway);
    this.rules.set(namespaceName, rule);
    return rule;
  }

  private checkApart({ scope, ports, clients }: Declaration): void {
    if (!this.isShared || !this.rules.has(EVERYBODY)) return;
    if (![...this.rules.values()].some(({ hasSubsets }) => hasSubsets)) return;
    throw new EgressError('ExitCannotCarry', scope, {
      what: 'the whole mesh calls through the same Service as those who pass on TLS or TCP, and of the two DestinationRules for it their sidecars would take one',
      given: `${httpPorts(ports).length > 0 ? 'HTTP' : 'TLS or TCP'} of ${clients.join(', ')}, through ${this.gateway.http.host}`,
      allowed: 'a Service of its own for TLS passthrough and TCP',
      fix: 'set `tlsService` in GatewayWorkload.existing, or name the clients instead of EgressClient.anyInMesh()',
    });
  }
}

type AtPort = Plain<DestinationRuleSpecTrafficPolicyPortLevelSettings>;

/** The DestinationRule by which one namespace connects, or the whole mesh. */
class GatewayDestinationRule {
  public readonly destinationRule: ApiObject;
  private readonly subsets = new Map<string, string | undefined>();

  public constructor(
    scope: Construct,
    private readonly whose: string,
    private readonly gateway: OwnGatewayAddress,
  ) {
    this.destinationRule = objectsOf(
      scope,
      gateway,
    )({
      id: whose === EVERYBODY ? undefined : `DestinationRule ${whose}`,
      kind: 'DestinationRule',
      name: whose === EVERYBODY ? gateway.exitName : dottedName(gateway.exitName, whose),
      spec: () => this.spec(),
    });
  }

  public get hasSubsets(): boolean {
    return this.subsets.size > 0;
  }

  /**
   * The size of the DestinationRule needs no check: each subset is for a server of the exit's Gateway, which is larger and is checked.
   * @param sni The server name of the hop; undefined for TLS without identity
   */
  public add(sni: string | undefined): void {
    this.subsets.set(subsetFor(sni), sni);
  }

  private spec() {
    const { http, opaque } = this.gateway;
    const isShared = http.host === opaque.host;
    const isHttp = this.whose === EVERYBODY && !isShared;
    return {
      exportTo: [this.whose],
      host: isHttp ? http.host : opaque.host,
      trafficPolicy: {
        portLevelSettings: [
          ...(isHttp || isShared ? [atPort(http.port, { http: { useClientProtocol: true } })] : []),
          ...(isHttp ? [] : [atPort(opaque.port)]),
        ],
      },
      subsets: this.hasSubsets ? this.subsetSpecs() : undefined,
    } satisfies Plain<DestinationRuleSpec>;
  }

  private subsetSpecs(): Plain<DestinationRuleSpecSubsets>[] {
    return [...this.subsets.keys()].sort().map((name) => {
      const sni = this.subsets.get(name);
      return { name, trafficPolicy: { tls: sni === undefined ? { mode: 'DISABLE' } : { mode: 'ISTIO_MUTUAL', sni } } };
    });
  }
}

function atPort(number: number, connectionPool?: AtPort['connectionPool']): AtPort {
  return {
    port: { number },
    connectionPool,
    // By Istio's default, least requests, a pod that has died looks idle and draws every retry.
    loadBalancer: { simple: 'ROUND_ROBIN' },
    tls: { mode: 'ISTIO_MUTUAL' },
  };
}

function askedBy({ namespaceName, serviceAccountName }: EgressClient, host: string, port: number): string {
  return hopServerName(host, port, serviceAccountName ? undefined : namespaceName);
}
