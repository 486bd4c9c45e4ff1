import { Construct } from 'constructs';
import { ClientHop } from './client-hop';
import { Declaration } from './declaration';
import { IEgressExit } from './egress-exit';
import { DEFAULT_EXIT, GatewayAddress, tlsServiceName } from './gateway-handle';
import { leadToGateway } from './lead-to-gateway';
import { describeGateway } from './summary';
import { checkPort } from '../destination/port-number';
import { Mesh } from '../mesh/mesh';
import { checkName } from '../naming';

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
   * Whether others use the gateway as well: a `SharedEgressGateway`, which needs its `service` and `httpPort` here.
   * @default false
   */
  readonly shared?: boolean;
}

/** A handle: nothing is made at the exit. */
export class ImportedEgressGateway implements IEgressExit {
  public readonly exitName: string;
  public readonly namespace: string;
  /** @internal */
  public readonly _owned = undefined;
  /** @internal */
  public readonly _grantsHere = false;
  private readonly http: { service: string; port: number };
  private readonly shared: boolean;
  private readonly opaque: { service: string; port: number };

  public constructor({ name, namespace, service, httpPort, tlsService, tlsPort, shared }: EgressGatewayAttributes) {
    const where = 'EgressGateway.imported';
    this.exitName = checkName(where, 'name', name ?? DEFAULT_EXIT);
    this.namespace = checkName(where, 'namespace', namespace ?? DEFAULT_EXIT);
    this.shared = shared ?? false;
    this.http = {
      service: checkName(where, 'service', service ?? this.exitName),
      port: checkPort(where, 'httpPort', httpPort ?? 80),
    };
    this.opaque = {
      service: checkName(where, 'tlsService', tlsService ?? service ?? tlsServiceName(this.exitName)),
      port: checkPort(where, 'tlsPort', tlsPort ?? 443),
    };
  }

  /** @internal */
  public _grant(_declaration: Declaration): void {
    // The owner does.
  }

  /** @internal */
  public _lead(scope: Construct, declaration: Declaration): ClientHop[] {
    return leadToGateway(scope, this.handle(scope), declaration);
  }

  /** @internal */
  public _describe(declaration: Declaration): string {
    return describeGateway(this, declaration);
  }

  private handle(scope: Construct): GatewayAddress {
    const at = ({ service, port }: { service: string; port: number }) => ({
      host: `${service}.${this.namespace}.svc.${Mesh.of(scope).clusterDomain}`,
      port,
    });
    const { exitName, namespace } = this;
    return { exitName, namespace, http: at(this.http), opaque: at(this.opaque), shared: this.shared };
  }
}
