import { Construct } from 'constructs';
import { WaypointAddress } from './waypoint-address';
import { checkWaypointAddresses } from './waypoint-captures';
import { IWaypointHost, WaypointHost } from './waypoint-host';
import { checkWaypointCarries } from './waypoint-limits';
import { checkNamesBelow } from './waypoint-names';
import { checkHostPattern } from '../destination/host';
import { isBelow, isWildcard } from '../destination/wildcard';
import { EgressError } from '../errors';
import { Declaration } from '../exit/declaration';
import { GatewayHost } from '../gateway/gateway-host';

/** What a gateway beside the waypoint has for a host already. */
type Shared = (declaration: Declaration, host: string) => GatewayHost;

/** The hosts that are reached through a waypoint. */
export class WaypointHosts extends Construct {
  private readonly all: WaypointHost[] = [];

  public constructor(
    scope: Construct,
    id: string,
    private readonly waypoint: WaypointAddress,
    private readonly shared?: Shared,
  ) {
    super(scope, id);
  }

  /** Has the hosts of a declaration reached. @throws DestinationConflict, CaptureConflict, ExitCannotCarry, HostWildcard */
  public add(declaration: Declaration): void {
    checkWaypointCarries(declaration);
    checkWaypointAddresses(this.all, declaration);
    for (const host of declaration.hosts) {
      // The gateway has to know of every declaration: what it has for the host serves the clients of both.
      const shared = this.shared?.(declaration, host);
      (this.made(host) ?? this.make(host, declaration, shared)).add(declaration);
    }
    const isMeant = (wildcard: string) =>
      declaration.hosts.some((host) => host === wildcard || isBelow(host, wildcard));
    const wildcards = this.all.map(({ host }) => host).filter((host) => isWildcard(host) && isMeant(host));
    for (const wildcard of wildcards) checkNamesBelow(declaration.scope, wildcard, this.below(wildcard));
  }

  /** The objects of a host, written as it may be. @throws NotDeclared */
  public find(host: string): IWaypointHost {
    const found = this.made(checkHostPattern(this, host));
    if (found) return found;
    throw new EgressError('NotDeclared', this, {
      what: 'no declaration sends this host through this exit',
      given: host,
      allowed: this.all.map((made) => made.host).join(', ') || 'nothing: no host is declared',
      fix: 'declare the host before asking for its objects',
    });
  }

  private made(host: string): WaypointHost | undefined {
    return this.node.tryFindChild(host) as WaypointHost | undefined;
  }

  /** A wildcard's own grants and routes do not decide about these, narrower wildcards included. */
  private below(wildcard: string): string[] {
    if (!isWildcard(wildcard)) return [];
    return this.all.map(({ host }) => host).filter((host) => isBelow(host, wildcard));
  }

  private make(host: string, declaration: Declaration, shared?: GatewayHost): WaypointHost {
    const below = () => this.below(host);
    const made = new WaypointHost(this, host, this.waypoint, declaration, below, shared);
    this.all.push(made);
    return made;
  }
}
