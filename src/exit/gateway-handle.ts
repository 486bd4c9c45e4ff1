import { ApiObjectMetadata } from 'cdk8s';

/** Name and namespace of an egress gateway for which nothing else is said, here and in other repos. */
export const DEFAULT_EXIT = 'istio-egress';

/** What the client hop needs to know of an egress gateway, whether it is made here or elsewhere. */
export interface GatewayAddress {
  /** Name of the Gateway object and of everything the gateway has for itself. */
  readonly exitName: string;
  readonly namespace: string;
  /** Full DNS name of the Service in front of its pods. */
  readonly serviceHost: string;
  /** Port of that Service for HTTP. */
  readonly httpPort: number;
}

/** What the exit hop needs to know besides. */
export interface GatewayHandle extends GatewayAddress {
  /** Labels that select the gateway's pods. */
  readonly selector: { [key: string]: string };
  readonly metadata?: ApiObjectMetadata;
}
