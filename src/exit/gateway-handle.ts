import { ApiObjectMetadata } from 'cdk8s';

/** Name and namespace of an egress gateway for which nothing else is said, here and in other repos. */
export const DEFAULT_EXIT = 'istio-egress';

/** What both hops need to know of an egress gateway, whether it is made here or elsewhere. */
export interface GatewayHandle {
  /** Name of the Gateway object and of everything the gateway has for itself. */
  readonly exitName: string;
  readonly namespace: string;
  /** Full DNS name of the Service in front of its pods. */
  readonly serviceHost: string;
  /** Port of that Service for HTTP. */
  readonly httpPort: number;
  readonly metadata?: ApiObjectMetadata;
}
