import { Construct } from 'constructs';
import { checkPods, GATEWAY_PODS, GatewayPodOptions } from './gateway-pod-options';
import { GATEWAY_SERVICES, GatewayServiceOptions } from './gateway-services';
import { Brand } from '../../brand';
import { checkEnum, checkOptions, Options } from '../../options';

/** How the pods come into the cluster. */
export enum GatewayInstallation {
  /** As a Deployment among the other manifests, whose pods Istio's injector fills in. */
  INJECTED = 'INJECTED',

  /**
   * By `istioctl manifest generate`, from the IstioOperator file that `Installation.write` makes: for platforms that install
   * gateways with Istio's own tools. The manifests hold neither Deployment nor Service then. Call `Installation.write` before
   * `app.synth()`, which else warns (`InstallationNotWritten`).
   */
  ISTIO_OPERATOR = 'ISTIO_OPERATOR',
}

/** Pods that this library makes. */
export interface ManagedGatewayOptions extends GatewayPodOptions {
  /** @default GatewayInstallation.INJECTED */
  readonly installation?: GatewayInstallation;
}

const MANAGED: Options<ManagedGatewayOptions> = { ...GATEWAY_PODS, installation: 'checked' };

/** Pods that somebody else made. */
export interface ExistingGatewayOptions extends GatewayServiceOptions {
  /**
   * Labels that select these pods and no others. They must be the exit's alone: every call of the pods that no grant covers
   * is refused.
   */
  readonly labels: { [key: string]: string };

  /** Name of the Service in front of the pods, in the exit's namespace. */
  readonly service: string;
}

const EXISTING: Options<ExistingGatewayOptions> = { ...GATEWAY_SERVICES, labels: 'checked', service: 'checked' };

/**
 * The pods of an egress gateway: made here, or already there.
 *
 * @example
 * new EgressGateway(chart, 'Exit', {
 *   workload: GatewayWorkload.managed({ minReplicas: 3, nodeSelector: { 'node-role.example.com/egress': 'yes' } }),
 * });
 * new EgressGateway(chart, 'Old', {
 *   name: 'old-egress',
 *   namespace: 'old-egress',
 *   workload: GatewayWorkload.existing({
 *     labels: { istio: 'egressgateway' },
 *     service: 'istio-egressgateway',
 *     httpTargetPort: 8080,
 *     tlsTargetPort: 8443,
 *   }),
 * });
 */
export class GatewayWorkload {
  /**
   * Pods of the gateway's own, with Service, ServiceAccount, HorizontalPodAutoscaler and PodDisruptionBudget.
   * @throws OptionUnknown, WrongType. What is wrong in the options themselves is thrown when the gateway is made.
   */
  public static managed(options: ManagedGatewayOptions = {}): GatewayWorkload {
    const where = 'GatewayWorkload.managed';
    const checked = checkPods(where, options, MANAGED);
    const { installation } = checked;
    if (installation !== undefined) {
      checkEnum(where, 'installation', installation, ['GatewayInstallation', GatewayInstallation]);
    }
    return WORKLOAD.mark(new GatewayWorkload(checked));
  }

  /**
   * Pods and a Service that exist already, in the exit's namespace.
   * @throws OptionUnknown, WrongType
   */
  public static existing(options: ExistingGatewayOptions): GatewayWorkload {
    return WORKLOAD.mark(new GatewayWorkload(undefined, checkOptions('GatewayWorkload.existing', options, EXISTING)));
  }

  private constructor(
    /** @internal */
    public readonly _managed?: ManagedGatewayOptions,
    /** @internal */
    public readonly _existing?: ExistingGatewayOptions,
  ) {}
}

const WORKLOAD = new Brand<GatewayWorkload>(
  'GatewayWorkload',
  'GatewayWorkload.managed(), GatewayWorkload.existing({ … })',
);

/** Pods of the exit's own where nothing is said. @throws WrongType */
export function checkWorkload(scope: Construct, workload: GatewayWorkload | undefined): GatewayWorkload {
  return WORKLOAD.optional(scope, 'workload', workload) ?? GatewayWorkload.managed();
}
