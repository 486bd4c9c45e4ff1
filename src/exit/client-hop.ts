import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { ClientEntries } from './client-entries';
import { clientRoutes } from './client-routes';
import { Declaration } from './declaration';
import { GatewayAddress } from './gateway-handle';
import { clientHopId } from './hop-name';
import { HopRule } from './hop-rule';
import { httpPorts, opaquePorts } from '../destination/egress-port';
import { manifest } from '../mesh/manifest';
import { placedName } from '../naming';
import { markClientRoute } from '../validation/marks';

/** Where a client hop stands and whom it leads. */
export interface ClientHopScope {
  readonly namespace: string;
  /** "." leads the workloads of the namespace, "*" those of the whole mesh. */
  readonly exportTo: '.' | '*';
}

/**
 * The objects in a caller's namespace that lead its calls to the exit. They decide nothing: without the exit's grant the
 * calls are refused there, and without these objects the hosts are unknown.
 */
export interface IClientHop {
  /** The namespace whose calls are led. */
  readonly namespace: string;

  /** The routes: one to a gateway; straight out one for each host, if the application speaks HTTP. */
  readonly virtualServices: ApiObject[];

  /**
   * How to connect: to a gateway one for each of its Services that is used, for all declarations of a chart and namespace;
   * straight out one for each host.
   */
  readonly destinationRules: ApiObject[];

  /**
   * What makes sidecars listen on the ports; none for port 80, where a sidecar routes a host by its VirtualService alone.
   * On the way to a gateway they have no endpoint, so that they open nothing while the route is not applied yet.
   */
  readonly serviceEntries: ApiObject[];
}

/** Makes the client hop to a gateway. Not a construct: an app has one for each declaration, and each construct has its price. */
export class ClientHop implements IClientHop {
  public readonly namespace: string;
  public readonly virtualServices: ApiObject[];
  public readonly destinationRules: ApiObject[];
  public readonly serviceEntries: ApiObject[];

  public constructor(scope: Construct, gateway: GatewayAddress, declaration: Declaration, where: ClientHopScope) {
    this.namespace = where.namespace;
    const { hosts, ports, metadata } = declaration;
    const name = placedName(scope, where.namespace, declaration.name);

    // In this order in the file: what a reader looks for comes first.
    const rules = {
      http: () => HopRule.for(scope, gateway, gateway.http, where),
      opaque: () => HopRule.for(scope, gateway, gateway.opaque, where),
    };
    const virtualService = manifest(scope, clientHopId(where.namespace, 'VirtualService'), {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      namespace: where.namespace,
      name,
      metadata,
      spec: () => clientRoutes(gateway, declaration, rules, where),
    });
    this.virtualServices = [virtualService];
    const entries = new ClientEntries(scope, { gateway, declaration, where, name });
    this.serviceEntries = entries.serviceEntries;
    markClientRoute(virtualService, {
      namespace: where.namespace,
      hosts,
      captures: entries.captures,
      entries: entries.marks,
      ports: ports.map((port) => ({
        port: port.port,
        leads: JSON.stringify([port.kind, port.kind === 'http' ? [gateway.http, port.retries] : gateway.opaque]),
      })),
    });
    const used = [
      ...(httpPorts(ports).length > 0 ? [rules.http()] : []),
      ...(opaquePorts(ports).length > 0 ? [rules.opaque()] : []),
    ];
    // Every subset has to be known before any spec is read.
    if (opaquePorts(ports).length > 0) clientRoutes(gateway, declaration, rules, where);
    this.destinationRules = [...new Set(used)].map((rule) => rule.destinationRule);
  }
}
