import { ApiObjectMetadata } from 'cdk8s';
import { Options } from '../options';
import { OpaAuthorization } from './access/opa-authorization';
import { ConnectProxyOptions } from './connect-proxy';
import { GatewayWorkload } from './pods/gateway-workload';
import { UpstreamProbe } from './pods/upstream-probe';

/** Properties of an egress gateway. */
export interface EgressGatewayProps {
  /**
   * Name of the gateway and of its Deployment, Service, ServiceAccount and Gateway.
   * @default "istio-egress"; of a DedicatedEgressGateway the construct's id
   */
  readonly name?: string;

  /**
   * Namespace of the gateway. Nothing but exits should run there, and it is not made here.
   * @default - the chart's namespace, or "istio-egress" if it has none; of a DedicatedEgressGateway its name then
   */
  readonly namespace?: string;

  /**
   * The gateway's pods.
   * @default GatewayWorkload.managed()
   */
  readonly workload?: GatewayWorkload;

  /**
   * A forward proxy through which the gateway connects to every host. Istio can carry connections through it, not HTTP calls:
   * only TLS passthrough and TCP.
   * @default - the gateway connects to the hosts itself
   */
  readonly connectProxy?: ConnectProxyOptions;

  /**
   * Makes the pods ready only while the upstream answers. For gateways of one upstream: the first declared host with an HTTP
   * port is asked.
   * @default - a pod is ready when its proxy is
   */
  readonly upstreamProbe?: UpstreamProbe;

  /**
   * Who decides about every HTTP call besides the grants.
   * @default - the grants alone
   */
  readonly authorization?: OpaAuthorization;

  /**
   * Labels and annotations for the gateway's objects, the routes that stand beside it included.
   * @default - none
   */
  readonly metadata?: ApiObjectMetadata;
}

/** What each takes. */
export const EGRESS_GATEWAY: Options<EgressGatewayProps> = {
  name: 'checked',
  namespace: 'checked',
  workload: 'checked',
  connectProxy: 'checked',
  upstreamProbe: 'checked',
  authorization: 'checked',
  metadata: 'checked',
};
