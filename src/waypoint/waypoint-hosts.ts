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
      const existing = this.all.find((hop) => hop.host === host);
      (existing ?? this.make(host, declaration)).add(declaration);
    }
    const wildcards = this.all.map(({ host }) => host).filter(isWildcard);
    for (const wildcard of wildcards) checkNamesBelow(declaration.scope, wildcard, this.below(wildcard));
  }

  /** The objects of a host, written as it may be. @throws NotDeclared */
  public find(host: string): IWaypointHost {
    const pattern = checkHostPattern(this, host);
    const found = this.all.find((hop) => hop.host === pattern);
    if (found) return found;
    throw new EgressError('NotDeclared', this, {
      what: 'no declaration sends this host through this exit',
      given: host,
      allowed: this.all.map((hop) => hop.host).join(', ') || 'nothing: no host is declared',
      fix: 'declare the host before asking for its objects',
    });
  }

  private get all(): WaypointHost[] {
    return this.node.children as WaypointHost[];
  }

  /** A wildcard's own grants and routes do not decide about these, narrower wildcards included. */
  private below(wildcard: string): string[] {
    return this.all.map(({ host }) => host).filter((host) => isBelow(host, wildcard));
  }

  private make(host: string, declaration: Declaration): WaypointHost {
    const below = () => this.below(host);
    return new WaypointHost(this, host, this.waypoint, declaration, below, this.shared?.(declaration, host));
  }
}
