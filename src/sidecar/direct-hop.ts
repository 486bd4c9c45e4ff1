import { Construct } from 'constructs';
import { markClientHost } from '../app/marks';
import { checkWholePorts } from '../client/client-entries';
import { ClientHop } from '../client/client-hop';
import { LedHost, LedHostProps } from '../client/led-host';
import { httpPorts, ResolvedPort } from '../destination/egress-port';
import { Upstream } from '../destination/upstream';
import { Declaration, isOnTcp } from '../exit/declaration';
import { needsDestinationRule, upstreamDestinationRule } from '../upstream/destination-rule';
import { directRoutes } from '../upstream/routes';
import { upstreamServiceEntry, calledPort, isLookedUpPerCall } from '../upstream/service-entry';

const HERE = ['.'];

/** The objects in a caller's namespace with which its sidecars reach hosts by themselves: a set for each host. */
export function directHop(scope: Construct, declaration: Declaration, namespace: string): ClientHop {
  if (isOnTcp(declaration)) checkWholePorts(declaration);
  const hosts = declaration.hosts.map((host, index) => {
    const where = { namespace, exportTo: '.' as const };
    const props = { declaration, where, host, index, way: 'straight out' };
    return LedHost.join(props, () => new DirectHost(scope, props));
  });
  return new ClientHop(namespace, hosts);
}

/** A host that sidecars reach by themselves. */
class DirectHost extends LedHost {
  private readonly upstream: Upstream;

  public constructor(
    scope: Construct,
    private readonly first: LedHostProps,
  ) {
    super(scope, first);
    const { host } = first;
    this.upstream = first.declaration.upstream;
    const serviceEntry = this.make('ServiceEntry', () =>
      upstreamServiceEntry(host, this.upstream, this.ports.map(calledPort), {
        exportTo: HERE,
        addresses: this.captured,
      }),
    );
    markClientHost(serviceEntry, this);
  }

  protected agreed(port: ResolvedPort): unknown {
    return port;
  }

  protected take(declaration: Declaration): void {
    const { host, upstream } = this;
    this.checkAgrees({ ...this.first, declaration }, 'where the host is', declaration.upstream, upstream);
    const { ports } = declaration;
    if (needsDestinationRule(upstream, ports) && !isLookedUpPerCall(host, upstream)) {
      this.make('DestinationRule', () => upstreamDestinationRule(host, upstream, httpPorts(this.ports), HERE));
    }
    if (httpPorts(ports).length > 0) {
      this.make('VirtualService', () => directRoutes(host, httpPorts(this.ports), upstream));
    }
  }
}
