import { ApiObjectMetadata } from 'cdk8s';
import { shorten } from '../naming';

/** Name and namespace of an egress gateway for which nothing else is said, here and in other repos. */
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
  /** Where HTTP calls are led. */
  readonly http: ServicePort;
  /** Where TLS passthrough and TCP are led. A Service of its own: sidecars make a cluster of each subset on each port of it. */
  readonly opaque: ServicePort;
}

/** What network policies need to know besides. */
export interface ExitAddress extends GatewayAddress {
  /** Labels that select the exit's pods; undefined if not said. */
  readonly selector?: { [key: string]: string };
  /** Ports on which the pods listen: policies are about these, and silently do nothing with the Services' ports. Undefined if not said. */
  readonly targetPorts: { readonly http?: number; readonly opaque?: number };
  /** A proxy through which the exit connects to every host. */
  readonly connectProxy?: ProxyAddress;
}

/** What the exit hop needs to know besides. */
export interface OwnGatewayAddress extends ExitAddress {
  readonly selector: { [key: string]: string };
  readonly metadata?: ApiObjectMetadata;
}

/** A forward proxy, resolved. */
export interface ProxyAddress {
  readonly host: string;
  readonly port: number;
}
