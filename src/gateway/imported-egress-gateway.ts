import { Construct } from 'constructs';
import { leadToGateway } from './lead-to-gateway';
import {
  GATEWAY_SERVICES,
  GatewayServiceOptions,
  GatewayServices,
  gatewayServices,
  servicesAt,
} from './pods/gateway-services';
import { checkLabels } from './pods/labels';
import { ClientHop } from '../client/client-hop';
import { DEFAULT_EXIT, ExitAddress } from '../exit/address';
import { Declaration } from '../exit/declaration';
import { EgressExit } from '../exit/egress-exit';
import { checkName, exitLabel } from '../naming';
import { checkOptions, Options } from '../options';

/** Where an egress gateway that another app makes is found. The defaults are those of `EgressGateway`. */
export interface EgressGatewayAttributes extends GatewayServiceOptions {
  /**
   * Name of the gateway.
   * @default "istio-egress"
   */
  readonly name?: string;

  /**
   * Namespace of the gateway.
   * @default "istio-egress"
   */
  readonly namespace?: string;

  /**
   * Name of the Service in front of its pods.
   * @default - the gateway's name
   */
  readonly service?: string;

  /**
   * Labels that select its pods, for an `EgressGuard`.
   * @default - those that `EgressGateway` gives its pods; with `service` unknown
   */
  readonly labels?: { [key: string]: string };
}

const ATTRIBUTES: Options<EgressGatewayAttributes> = {
  ...GATEWAY_SERVICES,
  name: 'checked',
  namespace: 'checked',
  service: 'checked',
  labels: 'checked',
};

/** An egress gateway of another app: nothing is made at the exit. */
export class ImportedEgressGateway extends EgressExit {
  public readonly exitName: string;
  public readonly namespace: string;
  /** @internal */
  public readonly _kind = 'gateway';
  /** @internal */
  public readonly _isOwned = false;
  private readonly services: GatewayServices;
  private readonly selector?: { [key: string]: string };

  public constructor(given: EgressGatewayAttributes) {
    super();
    const where = 'EgressGateway.imported';
    const attributes = checkOptions(where, given, ATTRIBUTES);
    const { name, namespace, service, labels } = attributes;
    this.exitName = checkName(where, 'name', name ?? DEFAULT_EXIT);
    this.namespace = checkName(where, 'namespace', namespace ?? DEFAULT_EXIT);
    this.services = gatewayServices(where, this.exitName, attributes);
    // Nothing is known of pods behind a Service that this library did not name, unless it is said.
    const usual = service === undefined ? { istio: exitLabel(this) } : undefined;
    this.selector = labels === undefined ? usual : checkLabels(where, labels);
  }

  /** @internal */
  public _grant(_declaration: Declaration): void {
    // The owner does.
  }

  /** @internal */
  public _lead(scope: Construct, declaration: Declaration): ClientHop[] {
    return leadToGateway(scope, this._address(scope), declaration);
  }

  /** @internal */
  public _address(scope: Construct): ExitAddress {
    const { exitName, namespace, selector, services } = this;
    const { targetPorts } = services;
    return { exitName, namespace, ...servicesAt(scope, namespace, services), selector, targetPorts };
  }
}
