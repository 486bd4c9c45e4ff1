import { ApiObjectMetadata } from 'cdk8s';
import { Construct } from 'constructs';
import { EgressWaypoint } from './egress-waypoint';
import { EgressError } from '../errors';
import { Declaration } from '../exit/declaration';
import { GatewayPodOptions } from '../gateway/pods/gateway-pod-options';
import { checkOptions, Options, pathOf } from '../options';

/** Properties of a delegated waypoint. */
export interface DelegatedEgressWaypointProps {
  /** The namespace of the callers and of the waypoint. */
  readonly namespace: string;

  /**
   * Name of the waypoint's Gateway, from which istiod makes its Deployment, Service and ServiceAccount.
   * @default "egress-waypoint"
   */
  readonly name?: string;

  /**
   * Number, size and place of its pods, from Istio 1.26 on.
   * @default - as for an egress gateway; before Istio 1.26 one pod, of the size that istiod gives it
   */
  readonly workload?: GatewayPodOptions;

  /**
   * Labels and annotations for the waypoint's objects, the hosts' included.
   * @default - none
   */
  readonly metadata?: ApiObjectMetadata;
}

const DELEGATED: Options<DelegatedEgressWaypointProps> = {
  namespace: 'checked',
  name: 'checked',
  workload: 'checked',
  metadata: 'checked',
};

/**
 * A waypoint in its callers' own namespace, where **whoever writes in the namespace decides** which hosts it reaches, how, and
 * who of it may call. No other namespace goes by what it declares.
 *
 * It is for mistakes, not against the namespace itself. Where somebody else is to decide, use `EgressWaypoint`.
 *
 * @example
 * const waypoint = new DelegatedEgressWaypoint(chart, 'Waypoint', { namespace: 'shop' });
 * new TlsOriginationEgress(chart, 'Pictures', {
 *   hosts: ['pictures.example.com'],
 *   exit: waypoint,
 *   clients: [EgressClient.serviceAccount('shop', 'web')],
 * });
 */
export class DelegatedEgressWaypoint extends EgressWaypoint {
  /** @throws what `EgressWaypoint` throws */
  public constructor(scope: Construct, id: string, props: DelegatedEgressWaypointProps) {
    super(scope, id, checkOptions(pathOf(scope, id), props, DELEGATED));
  }

  /** @internal */
  public get _servesMesh(): boolean {
    return false;
  }

  /** @internal */
  public get _decidesForOthers(): boolean {
    return false;
  }

  /** @internal */
  public _grant(declaration: Declaration): void {
    const { scope, clients } = declaration;
    const foreign = clients.find(({ namespaceName }) => namespaceName !== this.namespace);
    if (foreign) {
      throw new EgressError('ExitCannotCarry', scope, {
        what: "a delegated waypoint is its own namespace's: others do not go by its ServiceEntries, and would go straight out",
        given: `${foreign}`,
        allowed: `clients of ${this.namespace}`,
        fix: 'use an EgressWaypoint for several namespaces',
      });
    }
    super._grant(declaration);
  }
}
