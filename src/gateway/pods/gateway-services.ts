import { Construct } from 'constructs';
import { MANAGED_TARGET_PORTS } from './gateway-pod-spec';
import { checkPort } from '../../destination/port-number';
import { ExitAddress, GatewayAddress, tlsServiceName } from '../../exit/address';
import { Mesh } from '../../mesh/mesh';
import { checkName, serviceHost } from '../../naming';
import { Options } from '../../options';

/** The ports of a Service in front of a gateway's pods, and a second Service beside it. */
export interface GatewayServiceOptions {
  /**
   * Port of `service` for HTTP. Its name must begin with "http" (or its `appProtocol` be HTTP), and no other Gateway may have a
   * server on it.
   * @default 80
   */
  readonly httpPort?: number;

  /**
   * Port on which the pods listen for `httpPort`: its `targetPort`. An `EgressGuard` needs it and, of a gateway of this app,
   * `HttpRule.deny`.
   * @default - unknown; 8080 of an imported gateway without `service`
   */
  readonly httpTargetPort?: number;

  /**
   * Name of the Service for TLS passthrough and TCP, in the gateway's namespace. With one of its own, sidecars hold half of the
   * clusters.
   * @default - `service`; of an imported gateway without `service` the gateway's name with "-tls"
   */
  readonly tlsService?: string;

  /**
   * Port of that Service. Its name must begin with "tls".
   * @default 443
   */
  readonly tlsPort?: number;

  /**
   * Port on which the pods listen for `tlsPort`: its `targetPort`. An `EgressGuard` needs it and, of a gateway of this app, TLS
   * passthrough and TCP.
   * @default - unknown; 8443 of an imported gateway without `service`
   */
  readonly tlsTargetPort?: number;
}

/** The options of this struct, and the kind of value that each takes. */
export const GATEWAY_SERVICES: Options<GatewayServiceOptions> = {
  httpPort: 'checked',
  httpTargetPort: 'checked',
  tlsService: 'checked',
  tlsPort: 'checked',
  tlsTargetPort: 'checked',
};

/** A port of a Service, by name. */
interface NamedPort {
  readonly service: string;
  readonly port: number;
}

/** The Services in front of a gateway's pods, checked and complete. */
export interface GatewayServices {
  readonly http: NamedPort;
  readonly opaque: NamedPort;
  readonly targetPorts: ExitAddress['targetPorts'];
}

/**
 * What is not said follows from the gateway's name, as this library makes it; of pods behind a Service of another name nothing is
 * known.
 * @throws NameSyntax, OutOfRange
 */
export function gatewayServices(
  where: Construct | string,
  exitName: string,
  given: GatewayServiceOptions & { readonly service?: string },
): GatewayServices {
  const { service, httpPort = 80, tlsPort = 443 } = given;
  const usual = service === undefined ? MANAGED_TARGET_PORTS : undefined;
  const target = (property: 'httpTargetPort' | 'tlsTargetPort') =>
    given[property] === undefined ? undefined : checkPort(where, property, given[property]);
  return {
    http: { service: checkName(where, 'service', service ?? exitName), port: checkPort(where, 'httpPort', httpPort) },
    opaque: {
      service: checkName(where, 'tlsService', given.tlsService ?? service ?? tlsServiceName(exitName)),
      port: checkPort(where, 'tlsPort', tlsPort),
    },
    targetPorts: {
      http: target('httpTargetPort') ?? usual?.http,
      opaque: target('tlsTargetPort') ?? usual?.opaque,
    },
  };
}

/** The Services by their full DNS names, in a scope's mesh. */
export function servicesAt(
  scope: Construct,
  namespace: string,
  { http, opaque }: GatewayServices,
): Pick<GatewayAddress, 'http' | 'opaque'> {
  const at = ({ service, port }: NamedPort) => ({
    host: serviceHost(service, namespace, Mesh.of(scope).clusterDomain),
    port,
  });
  return { http: at(http), opaque: at(opaque) };
}
