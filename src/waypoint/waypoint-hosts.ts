import { Construct } from 'constructs';
import { WaypointAddress } from './waypoint-address';
import { checkWaypointAddresses } from './waypoint-captures';
import { IWaypointHost, WaypointHost } from './waypoint-host';
import { checkWaypointCarries } from './waypoint-limits';
import { checkNamesBelow } from './waypoint-names';
import { isBelow, isWildcard } from '../destination/host-names';
import { Declaration } from '../exit/declaration';
import { GatewayHost } from '../gateway/gateway-host';
import { HostsByName } from '../upstream/hosts-by-name';

/** What a gateway beside the waypoint has for a host already. */
type Shared = (declaration: Declaration, host: string) => GatewayHost;

/** The hosts that are reached through a waypoint. */
export class WaypointHosts extends Construct {
  private readonly known = new HostsByName<WaypointHost>();

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
    checkWaypointAddresses(this.known.all, declaration);
    for (const host of declaration.hosts) {
      // The gateway has to know of every declaration: what it has for the host serves the clients of both.
      const shared = this.shared?.(declaration, host);
      this.known.begin(host, () => this.make(host, declaration, shared)).add(declaration);
    }
    const isMeant = (wildcard: string) =>
      declaration.hosts.some((host) => host === wildcard || isBelow(host, wildcard));
    const wildcards = this.known.all.map(({ host }) => host).filter((host) => isWildcard(host) && isMeant(host));
    for (const wildcard of wildcards) checkNamesBelow(declaration.scope, wildcard, this.known.below(wildcard));
  }

  /** The objects of a host, written as it may be. @throws NotDeclared */
  public find(host: string): IWaypointHost {
    return this.known.find(this, host);
  }

  private make(host: string, declaration: Declaration, shared?: GatewayHost): WaypointHost {
    // A wildcard's own grants and routes do not decide about the hosts below it.
    const below = () => this.known.below(host);
    return new WaypointHost(this, host, this.waypoint, declaration, below, shared);
  }
}
