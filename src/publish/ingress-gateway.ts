import { Construct } from 'constructs';
import { Brand } from '../brand';
import { checkPort } from '../destination/port-number';
import { checkLabels } from '../gateway/pods/labels';
import { checkName } from '../naming';
import { checkOptions, Options } from '../options';
import { EgressClient } from '../policy/egress-client';

/** Where the ingress gateway is found. The defaults are those of an installation by `istioctl`. */
export interface IngressGatewayAttributes {
  /** @default "istio-system" */
  readonly namespace?: string;

  /**
   * Labels that select its pods.
   * @default - { istio: "ingressgateway" }
   */
  readonly labels?: { [key: string]: string };

  /**
   * Name of its service account, by which exits know it. An installation by Helm calls it after the release.
   * @default "istio-ingressgateway-service-account"
   */
  readonly serviceAccount?: string;

  /**
   * Port of its Service for HTTP.
   * @default 80
   */
  readonly httpPort?: number;

  /**
   * Port of its Service for HTTPS.
   * @default 443
   */
  readonly httpsPort?: number;
}

const ATTRIBUTES: Options<IngressGatewayAttributes> = {
  namespace: 'checked',
  labels: 'checked',
  serviceAccount: 'checked',
  httpPort: 'checked',
  httpsPort: 'checked',
};

/**
 * The ingress gateway, which somebody else installed.
 *
 * @example
 * new IngressProxy(chart, 'Docs', {
 *   hosts: ['docs.example.com'],
 *   ports: [EgressPort.tlsPassthrough()],
 *   ingress: IngressGateway.imported({ namespace: 'istio-ingress', labels: { istio: 'ingress' } }),
 * });
 */
export class IngressGateway {
  /** @throws NameSyntax, LabelSyntax, OutOfRange, OptionUnknown, WrongType */
  public static imported(attributes: IngressGatewayAttributes = {}): IngressGateway {
    return INGRESS_GATEWAY.mark(new IngressGateway(checkOptions('IngressGateway.imported', attributes, ATTRIBUTES)));
  }

  /** The namespace of its pods, where the objects stand that lead callers from outside. */
  public readonly namespace: string;
  /** Labels that select its pods. */
  public readonly labels: { [key: string]: string };
  /** Its identity. */
  public readonly client: EgressClient;
  /** Port of its Service for HTTP. */
  public readonly httpPort: number;
  /** Port of its Service for HTTPS. */
  public readonly httpsPort: number;

  private constructor(attributes: IngressGatewayAttributes) {
    const where = 'IngressGateway.imported';
    this.namespace = checkName(where, 'namespace', attributes.namespace ?? 'istio-system');
    this.labels = checkLabels(where, attributes.labels ?? { istio: 'ingressgateway' });
    const account = attributes.serviceAccount ?? 'istio-ingressgateway-service-account';
    this.client = EgressClient.serviceAccount(this.namespace, account);
    this.httpPort = checkPort(where, 'httpPort', attributes.httpPort ?? 80);
    this.httpsPort = checkPort(where, 'httpsPort', attributes.httpsPort ?? 443);
  }
}

const INGRESS_GATEWAY = new Brand<IngressGateway>('IngressGateway', 'IngressGateway.imported()');

/** @throws WrongType */
export function checkIngressGateway(scope: Construct, property: string, given: IngressGateway): IngressGateway {
  return INGRESS_GATEWAY.check(scope, property, given);
}
