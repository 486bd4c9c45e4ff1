import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { WaypointAddress } from './waypoint-address';
import { namesCalled } from './waypoint-names';
import { WaypointPolicy } from './waypoint-policy';
import { markExitHost, markWaypointHost } from '../app/marks';
import { checkTree } from '../app/validation/check-tree';
import { OF_WAYPOINTS } from '../app/validation/waypoints';
import { virtualAddress } from '../destination/captured-addresses';
import { httpPorts, ResolvedPort } from '../destination/egress-port';
import { isWildcard } from '../destination/host-names';
import { SharedAccountability } from '../exit/accountability';
import { Declaration } from '../exit/declaration';
import { hostInName } from '../exit/names';
import { GatewayHost } from '../gateway/gateway-host';
import { ObjectKind, objectsOf } from '../mesh/manifest';
import { dottedName } from '../naming';
import { JudgedCalls } from '../policy/judged-calls';
import { AgreedHost } from '../upstream/agreed-host';
import { needsDestinationRule, upstreamDestinationRule } from '../upstream/destination-rule';
import { directRoutes } from '../upstream/routes';
import { isLookedUpPerCall, upstreamServiceEntry, waitingPorts, calledPort } from '../upstream/service-entry';

const HERE = ['.'];

/**
 * The objects in a waypoint's namespace that let one host be reached through it. Ambient namespaces hold nothing: ztunnel
 * leads their calls to the waypoint that the ServiceEntry names.
 */
export interface IWaypointHost {
  /** The host, as in manifests. */
  readonly host: string;

  /** Where the host is, and which waypoint serves it. */
  readonly serviceEntry: ApiObject;

  /** How the waypoint connects, with a subset per port on which applications speak HTTP; undefined if there is nothing to say. */
  readonly destinationRule?: ApiObject;

  /** Routes of the ports on which applications speak HTTP; undefined if there are none. */
  readonly virtualService?: ApiObject;

  /** Who may call. */
  readonly authorizationPolicy: ApiObject;
}

/** Makes the objects of a host at a waypoint; an `IWaypointHost`, which the strictest compilers do not let a getter implement in part. */
export class WaypointHost extends Construct {
  public readonly serviceEntry: ApiObject;
  public virtualService?: ApiObject;
  public readonly authorizationPolicy: ApiObject;

  private own?: ApiObject;
  private readonly agreed: AgreedHost;
  private readonly addresses = new Set<string>();
  private readonly policy: WaypointPolicy;
  private accountability?: SharedAccountability;
  /** What the rules of its declarations read of calls; undefined without rules. */
  private calls?: JudgedCalls;

  public constructor(
    scope: Construct,
    public readonly host: string,
    private readonly waypoint: WaypointAddress,
    declaration: Declaration,
    private readonly below: () => string[],
    private readonly shared?: GatewayHost,
  ) {
    super(scope, host);
    this.agreed = new AgreedHost(host, declaration);
    if (shared) {
      shared.serveByWaypoint(waypoint.exitName, () => this.connectedAt());
      this.serviceEntry = shared.serviceEntry!;
    } else {
      markExitHost(this, { namespace: waypoint.namespace, host });
      this.serviceEntry = this.networking('ServiceEntry', () => this.serviceEntrySpec());
      this.serviceEntry.metadata.addLabel('istio.io/use-waypoint', waypoint.exitName);
    }
    checkTree(this, OF_WAYPOINTS);
    markWaypointHost(this, { namespace: waypoint.namespace, host, waypoint: waypoint.exitName });
    this.policy = new WaypointPolicy(this, 'Policy', waypoint, {
      host,
      serviceEntry: this.serviceEntry.name,
      ports: () => this.ports,
      below,
    });
    if (!shared) this.beforePolicy(this.serviceEntry);
    this.authorizationPolicy = this.policy.authorizationPolicy;
  }

  public get destinationRule(): ApiObject | undefined {
    return this.shared ? this.shared.destinationRule : this.own;
  }

  /** Takes in one more declaration of the host. @throws DestinationConflict, HttpRuleSyntax */
  public add(declaration: Declaration): void {
    this.agreed.add(declaration, (port) => this.make(port));
    for (const address of declaration.addresses ?? []) this.addresses.add(address);
    const { scope, rules, clients } = declaration;
    if (rules.length > 0) (this.calls ??= new JudgedCalls(this)).add(scope, rules, clients);
    for (const client of clients) this.policy.allow(client, declaration);
    if (declaration.accountability) {
      (this.accountability ??= new SharedAccountability()).add(declaration.accountability);
    }
    this.accountability?.write([
      this.shared ? undefined : this.serviceEntry,
      this.own,
      this.virtualService,
      this.authorizationPolicy,
    ]);
  }

  /** Whether a declaration says that applications connect to this address to reach the host. */
  public takes(address: string): boolean {
    return this.addresses.has(address);
  }

  private get ports(): ResolvedPort[] {
    return this.agreed.ports;
  }

  private make(port: ResolvedPort): void {
    const { host, upstream } = this.agreed;
    if (!this.shared && needsDestinationRule(upstream, [port]) && !isLookedUpPerCall(host, upstream)) {
      this.own ??= this.beforePolicy(
        this.networking('DestinationRule', () => upstreamDestinationRule(host, upstream, httpPorts(this.ports), HERE)),
      );
    }
    if (port.kind === 'http') {
      this.virtualService ??= this.beforePolicy(
        this.networking('VirtualService', () =>
          directRoutes(host, httpPorts(this.ports), upstream, {
            calls: this.calls,
            named: (called) => namesCalled(host, called, this.below()),
          }),
        ),
      );
    }
  }

  /** Has the policy written after an object: a call that is let through then finds its route and its TLS in place. */
  private beforePolicy(object: ApiObject): ApiObject {
    this.policy.node.addDependency(object);
    return object;
  }

  /**
   * Where ambient clients connect. Other hosts get theirs from istiod; of a TCP host `istioctl analyze` wants to see it. Not the
   * address by which sidecars know the host: ztunnel, which hears of the ServiceEntries of every namespace, knows one service by an
   * address, and could take those that lead sidecars to a gateway.
   */
  private connectedAt(): string[] | undefined {
    if (this.addresses.size > 0) return [...this.addresses].sort();
    const onTcp = this.ports.some(({ kind }) => kind === 'tcp');
    return onTcp && !isWildcard(this.host) ? [virtualAddress(`${this.host} in ${this.waypoint.namespace}`)] : undefined;
  }

  private serviceEntrySpec() {
    const { host, upstream, ports } = this.agreed;
    return upstreamServiceEntry(host, upstream, waitingPorts(ports.map(calledPort), ports), {
      exportTo: HERE,
      addresses: this.connectedAt(),
    });
  }

  /** Where the host is keeps its name when the gateway goes that had it first: a new entry would be one more for the host. */
  private networking(kind: ObjectKind, spec: () => unknown): ApiObject {
    const { exitName, replaces } = this.waypoint;
    const owner = kind === 'VirtualService' ? exitName : (replaces ?? exitName);
    return objectsOf(this, this.waypoint)({ kind, name: dottedName(owner, hostInName(this.host)), spec });
  }
}
