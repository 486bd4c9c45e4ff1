import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { clientServiceEntry, ownAddress } from './client-entries';
import { clientRoutes } from './client-routes';
import { Declaration } from './declaration';
import { GatewayAddress } from './gateway-handle';
import { portsWithServiceEntry } from './gateway-limits';
import { ClientHopScope, LedHost, LedHostProps } from './led-host';
import { opaquePorts, ResolvedPort } from '../destination/egress-port';
import { isWildcard } from '../destination/host';
import { markClientHost } from '../validation/marks';

/**
 * The objects in a caller's namespace that lead its calls to the exit: one set for each host, which all declarations of the
 * host for the namespace share. They decide nothing: without the exit's grant the calls are refused there, and without these
 * objects the hosts are unknown.
 */
export interface IClientHop {
  /** The namespace whose calls are led. */
  readonly namespace: string;

  /** The routes, one for each host; straight out only if the application speaks HTTP. */
  readonly virtualServices: ApiObject[];

  /** How to connect straight out, one for each host. How to connect to a gateway is said beside it, by its owner. */
  readonly destinationRules: ApiObject[];

  /**
   * What makes sidecars listen on the ports, one for each host; none for port 80, where a sidecar routes a host by its
   * VirtualService alone, unless it is a wildcard. On the way to a gateway they have no endpoint, so that they open nothing while the route is not
   * applied yet.
   */
  readonly serviceEntries: ApiObject[];
}

/** The client hop of a declaration: its hosts, as everybody who declares them shares them. */
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

/** A host to which a gateway leads. */
export class HostAtGateway extends LedHost {
  /** The ports for which all of the namespace is let in. They have servers of their own at the exit, which take its service accounts too. */
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
    return port.kind === 'http' ? [port.kind, port.retries] : [port.kind, port.identified];
  }

  protected take(declaration: Declaration): void {
    const { clients, ports } = declaration;
    const isWhole = clients.some((client) => client.namespaceName === this.namespace && !client.serviceAccountName);
    if (isWhole) for (const { port } of opaquePorts(ports)) this.whole.add(port);
    if (!this.isForAll) this.own ??= ownAddress(declaration, this.host);
    if (this.entryPorts().length === 0) return;
    this.make('ServiceEntry', () => clientServiceEntry(this.host, this.entryPorts(), this.own ?? this.captured));
  }

  /**
   * On these the host needs a ServiceEntry. A wildcard does on all: as soon as a sidecar knows a host below it on a port, an alias for
   * instance, Istio has the wildcard's route stand for the known hosts alone.
   * @see separateVSHostsAndServices in istio/istio, pilot/pkg/networking/core/route
   */
  private entryPorts(): ResolvedPort[] {
    const isKnownWhole = this.own !== undefined || (isWildcard(this.host) && !this.isForAll);
    return isKnownWhole ? this.ports : portsWithServiceEntry(this.gateway, this.ports);
  }
}
