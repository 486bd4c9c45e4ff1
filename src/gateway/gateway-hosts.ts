import { Construct } from 'constructs';
import { checkProxyCarries, ConnectProxy } from './connect-proxy';
import { GatewayHost, IGatewayHost } from './gateway-host';
import { checkHostPattern } from '../destination/host';
import { isBelow } from '../destination/wildcard';
import { EgressError } from '../errors';
import { OwnGatewayAddress } from '../exit/address';
import { Declaration } from '../exit/declaration';
import { ObjectSize } from '../exit/object-size';

/** The hosts that are reached through a gateway. */
export class GatewayHosts extends Construct {
  private readonly proxy?: ConnectProxy;
  /** By their names. A construct's list of children is made anew whenever it is asked for. */
  private readonly known = new Map<string, GatewayHost>();
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
    const known = this.known.get(checkHostPattern(this, host));
    if (known) return known;
    throw new EgressError('NotDeclared', this, {
      what: 'no declaration sends this host through this exit',
      given: host,
      allowed: this.all.map(({ host: declared }) => declared).join(', ') || 'nothing: no host is declared',
      fix: 'declare the host before asking for its objects',
    });
  }

  /** The hosts below a wildcard, narrower wildcards included. */
  public below(wildcard: string): string[] {
    return [...this.known.keys()].filter((host) => isBelow(host, wildcard)).sort();
  }

  /** The server names of the ports that check who calls. */
  public get serverNames(): string[] {
    return this.all.flatMap(({ servers }) => servers.map(({ serverName }) => serverName));
  }

  /** What stands beside the gateway for each host, by name. */
  public get all(): GatewayHost[] {
    return [...this.known.values()].sort((a, b) => (a.host < b.host ? -1 : 1));
  }

  private hostsOf(declaration: Declaration): GatewayHost[] {
    if (this.proxy) {
      checkProxyCarries(declaration);
      this.proxy.reach(declaration);
    }
    return declaration.hosts.map((name) => {
      const host = this.known.get(name) ?? new GatewayHost(this, name, this.address, declaration, this.serversSize);
      this.known.set(name, host);
      return host;
    });
  }
}
