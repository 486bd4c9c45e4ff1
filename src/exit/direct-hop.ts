import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { capturedAddresses, checkWholePorts } from './client-entries';
import { IClientHop } from './client-hop';
import { Declaration } from './declaration';
import { directRoutes } from './exit-routes';
import { clientHopId, hostInName } from './hop-name';
import {
  isLookedUpPerCall,
  needsDestinationRule,
  upstreamDestinationRule,
  upstreamServiceEntry,
} from './upstream-manifests';
import { httpPorts, ResolvedPort, upstreamProtocol } from '../destination/egress-port';
import { manifest } from '../mesh/manifest';
import { dottedName, placedName } from '../naming';
import { labelsOf, markClientRoute } from '../validation/marks';

const HERE = ['.'];

/** The objects in a caller's namespace with which its sidecars reach hosts by themselves: a set for each host. */
export class DirectHop implements IClientHop {
  public readonly virtualServices: ApiObject[] = [];
  public readonly destinationRules: ApiObject[] = [];
  public readonly serviceEntries: ApiObject[] = [];

  public constructor(
    private readonly scope: Construct,
    private readonly declaration: Declaration,
    public readonly namespace: string,
  ) {
    const { hosts, ports, upstream } = declaration;
    checkWholePorts(
      declaration,
      ports.filter(({ kind }) => kind === 'tcp'),
    );
    hosts.forEach((host, index) => this.make(host, index));
    markClientRoute(this.serviceEntries[0], {
      namespace,
      hosts,
      ports: ports.map((port) => ({ port: port.port, leads: JSON.stringify(['direct', port]) })),
      captures: hosts.flatMap((host) =>
        ports
          .filter(({ kind }) => kind === 'tcp')
          .map(({ port }) => ({ host, port, addresses: capturedAddresses(declaration, host) })),
      ),
      entries: hosts.map((host, index) => ({
        host,
        ports: ports.map(({ port }) => port),
        upstream: JSON.stringify(upstream),
        labels: labelsOf(this.serviceEntries[index]),
      })),
    });
  }

  private make(host: string, index: number): void {
    const { ports, upstream } = this.declaration;
    const http = httpPorts(ports);
    const addresses = ports.some(({ kind }) => kind === 'tcp') ? capturedAddresses(this.declaration, host) : undefined;
    this.serviceEntries.push(
      this.networking('ServiceEntry', host, index, () =>
        upstreamServiceEntry(host, upstream, ports.map(directPort), { exportTo: HERE, addresses }),
      ),
    );
    if (needsDestinationRule(upstream, ports) && !isLookedUpPerCall(host, upstream)) {
      this.destinationRules.push(
        this.networking('DestinationRule', host, index, () => upstreamDestinationRule(host, upstream, http, HERE)),
      );
    }
    if (http.length > 0) {
      this.virtualServices.push(
        this.networking('VirtualService', host, index, () => directRoutes(host, http, upstream)),
      );
    }
  }

  private networking(kind: string, host: string, index: number, spec: () => unknown): ApiObject {
    const { scope, declaration, namespace } = this;
    return manifest(scope, clientHopId(namespace, kind, index), {
      apiVersion: 'networking.istio.io/v1',
      kind,
      namespace,
      name: dottedName(placedName(scope, namespace, declaration.name), hostInName(host)),
      metadata: declaration.metadata,
      spec,
    });
  }
}

/**
 * A port as a sidecar must know it: as the application calls it, with the host's own number as the target. A port of the
 * host's own number would let the namespace call it past the rules of this one.
 */
function directPort(port: ResolvedPort) {
  const protocol = port.kind === 'http' ? 'HTTP' : upstreamProtocol(port);
  return {
    name: `${port.kind}-${port.port}`,
    number: port.port,
    protocol,
    targetPort: port.upstreamPort === port.port ? undefined : port.upstreamPort,
  };
}
