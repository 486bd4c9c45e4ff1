import { Construct } from 'constructs';
import { leadToGateway } from './lead-to-gateway';
import { describeGateway } from '../app/summary';
import { ClientHop } from '../client/client-hop';
import { DEFAULT_EXIT, ExitAddress, tlsServiceName } from '../exit/address';
import { Declaration } from '../exit/declaration';
import { EgressExit } from '../exit/egress-exit';
import { MANAGED_TARGET_PORTS } from './pods/gateway-pod-spec';
import { checkLabels } from './pods/gateway-workload';
import { checkPort } from '../destination/port-number';
import { Mesh } from '../mesh/mesh';
import { checkName, exitLabel } from '../naming';
import { checkOptions, Options } from '../options';

/** Where an egress gateway that another app makes is found. The defaults are those of `EgressGateway`. */
export interface EgressGatewayAttributes {
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
   * Port of that Service for HTTP.
   * @default 80
   */
  readonly httpPort?: number;

  /**
   * Name of the Service for TLS passthrough and TCP.
   * @default - the gateway's name with "-tls"; with `service` that Service
   */
  readonly tlsService?: string;

  /**
   * Port of that Service.
   * @default 443
   */
  readonly tlsPort?: number;

  /**
   * Labels that select its pods, for an `EgressGuard`.
   * @default - those that `EgressGateway` gives its pods; with `service` unknown
   */
  readonly labels?: { [key: string]: string };

  /**
   * Port on which its pods listen for `httpPort`, for an `EgressGuard`.
   * @default 8080; with `service` unknown
   */
  readonly httpTargetPort?: number;

  /**
   * Port on which its pods listen for `tlsPort`, for an `EgressGuard`.
   * @default 8443; with `service` unknown
   */
  readonly tlsTargetPort?: number;
}

const ATTRIBUTES: Options<EgressGatewayAttributes> = {
  name: 'checked',
  namespace: 'checked',
  service: 'checked',
  httpPort: 'checked',
  tlsService: 'checked',
  tlsPort: 'checked',
  labels: 'checked',
  httpTargetPort: 'checked',
  tlsTargetPort: 'checked',
};

/** An egress gateway of another app: nothing is made at the exit. */
export class ImportedEgressGateway extends EgressExit {
  public readonly exitName: string;
  public readonly namespace: string;
  /** @internal */
  public readonly _kind = 'gateway';
  /** @internal */
  public readonly _isOwned = false;
  private readonly http: { service: string; port: number };
  private readonly opaque: { service: string; port: number };
  private readonly pods: Pick<ExitAddress, 'selector' | 'targetPorts'>;

  public constructor(given: EgressGatewayAttributes) {
    super();
    const where = 'EgressGateway.imported';
    const attributes = checkOptions(where, given, ATTRIBUTES);
    const { name, namespace, service, httpPort, tlsService, tlsPort } = attributes;
    this.exitName = checkName(where, 'name', name ?? DEFAULT_EXIT);
    this.namespace = checkName(where, 'namespace', namespace ?? DEFAULT_EXIT);
    this.http = {
      service: checkName(where, 'service', service ?? this.exitName),
      port: checkPort(where, 'httpPort', httpPort ?? 80),
    };
    this.opaque = {
      service: checkName(where, 'tlsService', tlsService ?? service ?? tlsServiceName(this.exitName)),
      port: checkPort(where, 'tlsPort', tlsPort ?? 443),
    };
    this.pods = podsOf(where, this, attributes);
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
    const at = ({ service, port }: { service: string; port: number }) => ({
      host: `${service}.${this.namespace}.svc.${Mesh.of(scope).clusterDomain}`,
      port,
    });
    const { exitName, namespace, pods } = this;
    return { exitName, namespace, http: at(this.http), opaque: at(this.opaque), ...pods };
  }

  /** @internal */
  public _describe(declaration: Declaration): string {
    return describeGateway(this, declaration);
  }
}

/** Nothing is known of pods behind a Service that this library did not name, unless it is said. */
function podsOf(
  where: string,
  exit: { exitName: string; namespace: string },
  { service, labels, httpTargetPort, tlsTargetPort }: EgressGatewayAttributes,
): Pick<ExitAddress, 'selector' | 'targetPorts'> {
  const usual = service === undefined ? { labels: { istio: exitLabel(exit) }, ...MANAGED_TARGET_PORTS } : undefined;
  const port = (property: string, value?: number) =>
    value === undefined ? undefined : checkPort(where, property, value);
  return {
    selector: labels === undefined ? usual?.labels : checkLabels(where, labels),
    targetPorts: {
      http: port('httpTargetPort', httpTargetPort) ?? usual?.http,
      opaque: port('tlsTargetPort', tlsTargetPort) ?? usual?.opaque,
    },
  };
}
