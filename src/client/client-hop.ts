import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { clientServiceEntry, ownAddress } from './client-entries';
import { clientRoutes } from './client-routes';
import { ClientHopScope, LedHost, LedHostProps } from './led-host';
import { markClientHost } from '../app/marks';
import { opaquePorts, ResolvedPort } from '../destination/egress-port';
import { isWildcard } from '../destination/host-names';
import { GatewayAddress } from '../exit/address';
import { IClientHop } from '../exit/client-hop';
import { Declaration } from '../exit/declaration';

/** The client hop of a declaration: its hosts, whose objects all declarations of a host for the namespace share. */
export class ClientHop implements IClientHop {
  public constructor(
    public readonly namespace: string,
    private readonly hosts: LedHost[],
  ) {}

  public get virtualServices(): ApiObject[] {
    return this.hosts.flatMap((host) => host.object('VirtualService') ?? []);
  }

  public get destinationRules(): ApiObject[] {
    return this.hosts.flatMap((host) => host.object('DestinationRule') ?? []);
  }

  public get serviceEntries(): ApiObject[] {
    return this.hosts.flatMap((host) => host.object('ServiceEntry') ?? []);
  }
}

/** Leads the calls of a namespace, or of the whole mesh, to the hosts of a declaration by way of a gateway. */
export function hopToGateway(
  scope: Construct,
  gateway: GatewayAddress,
  declaration: Declaration,
  where: ClientHopScope,
): ClientHop {
  const way = [gateway.http, gateway.opaque].map(({ host, port }) => `${host}:${port}`).join(' and ');
  const hosts = declaration.hosts.map((host, index) => {
    const props = { declaration, where, host, index, way };
    return LedHost.join(props, () => new HostAtGateway(scope, gateway, props));
  });
  return new ClientHop(where.namespace, hosts);
}

/**
 * The ports for which a sidecar needs a ServiceEntry of its own. On port 80 it routes a host by its VirtualService alone,
 * as long as it sees some HTTP Service on port 80: the gateway's.
 */
export function portsWithServiceEntry(gateway: GatewayAddress, ports: ResolvedPort[]): ResolvedPort[] {
  return gateway.http.port === 80 ? ports.filter(({ kind, port }) => kind !== 'http' || port !== 80) : ports;
}

/** A host to which a gateway leads. */
class HostAtGateway extends LedHost {
  /**
   * The opaque ports for which the whole namespace is a client. The exit has servers of their own for these, which let service
   * accounts of the namespace through as well.
   */
  private readonly whole = new Set<number>();
  private readonly isForAll: boolean;
  /** The address of a name of our own. */
  private own?: string[];

  public constructor(
    scope: Construct,
    private readonly gateway: GatewayAddress,
    props: LedHostProps,
  ) {
    super(scope, props);
    this.isForAll = props.where.exportTo === '*';
    const { exportTo, namespace } = props.where;
    const virtualService = this.make('VirtualService', () =>
      clientRoutes(this.gateway, {
        exportTo,
        host: this.host,
        ports: this.ports,
        captured: this.captured,
        wholeNamespace: (port) => (this.whole.has(port) ? namespace : undefined),
      }),
    );
    markClientHost(virtualService, this);
  }

  protected agreed(port: ResolvedPort): unknown {
    return port.kind === 'http' ? [port.kind, port.retries] : port.kind;
  }

  protected take(declaration: Declaration): void {
    const { clients, ports } = declaration;
    const isWhole = clients.some((client) => client.namespaceName === this.namespace && !client.serviceAccountName);
    if (isWhole) for (const { port } of opaquePorts(ports)) this.whole.add(port);
    const isOwn = declaration.upstreamHost !== undefined && !this.isForAll;
    if (isOwn) this.own ??= ownAddress(declaration, this.host);
    if (this.entryPorts().length === 0) return;
    this.make('ServiceEntry', () => clientServiceEntry(this.host, this.entryPorts(), this.own ?? this.captured));
  }

  /**
   * The ports on which the host needs a ServiceEntry. A wildcard needs one on all of its ports: as soon as a sidecar knows a host below
   * the wildcard on a port, such as the name of an `UpstreamProxy`, Istio applies the wildcard's route to such known hosts alone.
   * @see separateVSHostsAndServices in istio/istio, pilot/pkg/networking/core/route
   */
  private entryPorts(): ResolvedPort[] {
    const isKnownWhole = this.own !== undefined || (isWildcard(this.host) && !this.isForAll);
    return isKnownWhole ? this.ports : portsWithServiceEntry(this.gateway, this.ports);
  }
}
