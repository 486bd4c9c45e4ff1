import { ApiObjectMetadata } from 'cdk8s';
import { shorten } from '../naming';

/** Name of an egress gateway, and namespace of any exit, for which nothing else is said, here and in other repos. */
export const DEFAULT_EXIT = 'istio-egress';

/** Name of the Service for TLS passthrough and TCP of a gateway that this library makes. */
export const tlsServiceName = (exitName: string) => shorten(`${exitName}-tls`);

/** A port of a Service of an egress gateway. */
export interface ServicePort {
  /** Full DNS name of the Service. */
  readonly host: string;
  readonly port: number;
}

/** What the client hop needs to know of an egress gateway, whether it is made here or elsewhere. */
export interface GatewayAddress {
  /** Name of the Gateway object and of everything the gateway has for itself. */
  readonly exitName: string;
  readonly namespace: string;
  /** The port of its Service to which HTTP calls are led. */
  readonly http: ServicePort;
  /**
   * The port to which opaque ports are led. It is on a Service of its own where it can be: sidecars make a cluster of each subset on
   * each port of a Service.
   */
  readonly opaque: ServicePort;
}

/** What network policies need to know of an exit besides. */
export interface ExitAddress extends GatewayAddress {
  /** Labels that select the exit's pods; undefined if not said. */
  readonly selector?: { [key: string]: string };
  /**
   * Ports on which the pods listen, each undefined if it is not said. Policies name these: with the ports of the Services they have no
   * effect, and nothing reports it.
   */
  readonly targetPorts: { readonly http?: number; readonly opaque?: number };
  /** The forward proxy through which the exit connects to every host. */
  readonly connectProxy?: ProxyAddress;
}

/** What the objects beside a gateway need to know of it besides. */
export interface OwnGatewayAddress extends ExitAddress {
  readonly selector: { [key: string]: string };
  readonly metadata?: ApiObjectMetadata;
}

/** Where a forward proxy is, checked and complete. */
export interface ProxyAddress {
  readonly host: string;
  readonly port: number;
}
