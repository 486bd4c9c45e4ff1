import { Construct } from 'constructs';
import { checkProxyCarries, ConnectProxy } from './connect-proxy';
import { GatewayHost, IGatewayHost } from './gateway-host';
import { OwnGatewayAddress } from '../exit/address';
import { Declaration } from '../exit/declaration';
import { ObjectSize } from '../mesh/stored-size';
import { HostsByName } from '../upstream/hosts-by-name';

/** The hosts that are reached through a gateway. */
export class GatewayHosts extends Construct {
  private readonly proxy?: ConnectProxy;
  private readonly known = new HostsByName<GatewayHost>();
  private readonly serversSize = new ObjectSize("the exit's Gateway", 'split the hosts over several exits');

  public constructor(
    scope: Construct,
    id: string,
    private readonly address: OwnGatewayAddress,
  ) {
    super(scope, id);
    const { connectProxy } = address;
    if (connectProxy) this.proxy = new ConnectProxy(scope, 'ConnectProxy', address, connectProxy);
  }

  /** Has the hosts of a declaration reached. @throws DestinationConflict, PortConflict, ExitCannotCarry */
  public add(declaration: Declaration): void {
    for (const known of this.hostsOf(declaration)) known.add(declaration);
  }

  /** Has the hosts of a declaration reached, and lets its clients in where they do not meet a policy. @throws HostCount */
  public admit(declaration: Declaration): void {
    for (const known of this.hostsOf(declaration)) {
      known.add(declaration);
      known.admit(declaration);
    }
  }

  /** The objects of a host, written as it may be. @throws NotDeclared */
  public find(host: string): IGatewayHost {
    return this.known.find(this, host);
  }

  /** The hosts below a wildcard, narrower wildcards included. */
  public below(wildcard: string): string[] {
    return this.known.below(wildcard);
  }

  /** The server names of the ports that check who calls. */
  public get serverNames(): string[] {
    return this.all.flatMap(({ servers }) => servers.map(({ serverName }) => serverName));
  }

  /** What stands beside the gateway for each host, by name. */
  public get all(): GatewayHost[] {
    return this.known.all.sort((a, b) => (a.host < b.host ? -1 : 1));
  }

  private hostsOf(declaration: Declaration): GatewayHost[] {
    if (this.proxy) {
      checkProxyCarries(declaration);
      this.proxy.reach(declaration);
    }
    const make = (host: string) => new GatewayHost(this, host, this.address, declaration, this.serversSize);
    return declaration.hosts.map((host) => this.known.begin(host, () => make(host)));
  }
}
