import { Construct } from 'constructs';
import { ClientHop } from './client-hop';
import { Declaration } from './declaration';
import { IEgressExit } from './egress-exit';
import { DEFAULT_EXIT, GatewayAddress } from './gateway-handle';
import { leadToGateway } from './lead-to-gateway';
import { checkPort } from '../destination/egress-port';
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
}

/** A handle: nothing is made at the exit. */
export class ImportedEgressGateway implements IEgressExit {
  public readonly exitName: string;
  public readonly namespace: string;
  /** @internal */
  public readonly _owned = undefined;
  private readonly service: string;
  private readonly httpPort: number;

  public constructor({ name, namespace, service, httpPort }: EgressGatewayAttributes) {
    const where = 'EgressGateway.imported';
    this.exitName = checkName(where, 'name', name ?? DEFAULT_EXIT);
    this.namespace = checkName(where, 'namespace', namespace ?? DEFAULT_EXIT);
    this.service = checkName(where, 'service', service ?? this.exitName);
    this.httpPort = checkPort(where, 'httpPort', httpPort ?? 80);
  }

  /** @internal */
  public _grant(_declaration: Declaration): void {
    // The owner does.
  }

  /** @internal */
  public _lead(scope: Construct, declaration: Declaration): ClientHop[] {
    return leadToGateway(scope, this.handle(scope), declaration);
  }

  private handle(scope: Construct): GatewayAddress {
    return {
      exitName: this.exitName,
      namespace: this.namespace,
      serviceHost: `${this.service}.${this.namespace}.svc.${Mesh.of(scope).clusterDomain}`,
      httpPort: this.httpPort,
    };
  }
}
