import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { DISRUPTION, MANAGED_TARGET_PORTS, podSpec, PodSpecProps } from './gateway-pod-spec';
import { GatewaySize } from './gateway-size';
import { EXIT_LABEL } from '../../app/closed-exits';
import { OwnGatewayAddress, tlsServiceName } from '../../exit/address';
import { letReadSecrets } from '../../exit/owned/secret-reader';
import { ObjectProps, objectsOf } from '../../mesh/manifest';
import { Mesh } from '../../mesh/mesh';
import { opaAnnotations } from '../access/opa-authorization';

/**
 * Where the Host header is rewritten, Envoy tells the upstream the one that the application sent. It adds that after the
 * route has removed headers, so only the proxy itself can be told not to, by this annotation of its pod.
 */
export const NO_ENVOY_HEADERS = {
  'proxy.istio.io/config': 'proxyHeaders: { envoyDebugHeaders: { disabled: true } }',
};

/**
 * Tells sidecars that the pods take mutual TLS, as the injector tells it of its own pods but not of gateways. So calls are encrypted
 * also where no DestinationRule says so.
 *
 * @see `checkMtlsEnabled` in istio/istio, pilot/pkg/xds/endpoints/mtls_checker.go
 */
export const MUTUAL_TLS = ['security.istio.io/tlsMode', 'istio'] as const;

/** Labels of the pods that say what they are, and select nothing beside the exit. */
export const OF_EXITS = [MUTUAL_TLS, EXIT_LABEL];

/** The pods of an egress gateway, filled in by Istio's injector, and what they need. */
export class GatewayPods extends Construct {
  public readonly deployment: ApiObject;
  public readonly service: ApiObject;
  public readonly serviceAccount: ApiObject;
  private readonly gateway: OwnGatewayAddress;
  private readonly object: (props: ObjectProps) => ApiObject;
  private tlsService?: ApiObject;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: PodSpecProps,
  ) {
    super(scope, id);
    const { gateway, size } = props;
    this.gateway = gateway;
    this.object = objectsOf(this, gateway);
    this.serviceAccount = this.object({
      kind: 'ServiceAccount',
      name: gateway.exitName,
      // The proxy has a token of its own for istiod; it never calls the Kubernetes API.
      fields: { automountServiceAccountToken: false },
    });
    this.service = this.object({
      kind: 'Service',
      name: gateway.exitName,
      spec: () => serviceSpec(gateway, 'http', gateway.http.port, MANAGED_TARGET_PORTS.http),
    });
    this.deployment = this.object({
      kind: 'Deployment',
      name: gateway.exitName,
      spec: () => ({
        // An autoscaler's number must not be taken back by whoever applies this again.
        replicas: size.replicas,
        selector: { matchLabels: gateway.selector },
        strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: {
          metadata: { labels: podLabels(this, gateway), annotations: this.injectedAnnotations() },
          spec: podSpec(props),
        },
      }),
    });
    this.keepAvailable();
  }

  /**
   * Lets the gateway read its credentials: istiod hands a Secret only to a gateway whose service account may list the
   * Secrets of its namespace. Called for the first destination that needs one.
   *
   * @see CredentialsController.Authorize in istio/istio, pilot/pkg/credentials/kube/secrets.go
   */
  public readSecrets(): void {
    letReadSecrets(this, this.gateway);
  }

  /**
   * Gives TLS passthrough and TCP a Service of their own: a sidecar has a cluster for each of their hosts on each port of it.
   * Called for the first such port.
   */
  public listenForOpaque(): void {
    const name = tlsServiceName(this.gateway.exitName);
    this.tlsService ??= this.object({
      kind: 'Service',
      id: `Service ${name}`,
      name,
      spec: () => serviceSpec(this.gateway, 'tls', this.gateway.opaque.port, MANAGED_TARGET_PORTS.opaque),
    });
  }

  private keepAvailable(): void {
    const { gateway, size } = this.props;
    this.object({
      kind: 'PodDisruptionBudget',
      name: gateway.exitName,
      spec: () => ({ ...DISRUPTION, selector: { matchLabels: gateway.selector } }),
    });
    const { scaling } = size;
    if (!scaling) return;
    this.object({
      kind: 'HorizontalPodAutoscaler',
      name: gateway.exitName,
      spec: () => autoscaling(gateway.exitName, scaling),
    });
  }

  private injectedAnnotations() {
    return { ...podAnnotations(Mesh.of(this), this.props), 'inject.istio.io/templates': 'gateway' };
  }
}

/** What the pods' own annotations say of their proxy, whichever way they are installed. */
export function podAnnotations(mesh: Mesh, { gateway, opa }: PodSpecProps): { [key: string]: string } {
  return {
    ...mesh._annotations,
    ...gateway.metadata?.annotations,
    ...(opa && opaAnnotations(opa)),
    ...NO_ENVOY_HEADERS,
  };
}

/** The autoscaler's spec. */
export function autoscaling(deployment: string, { min, max, cpuPercent }: NonNullable<GatewaySize['scaling']>) {
  return {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: deployment },
    minReplicas: min,
    maxReplicas: max,
    metrics: [
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpuPercent } } },
    ],
  };
}

/** A Service in front of the pods, with the one port that its servers use. */
function serviceSpec({ selector }: OwnGatewayAddress, name: string, port: number, targetPort: number) {
  return { type: 'ClusterIP', selector, ports: [{ name, port, targetPort, protocol: 'TCP' }] };
}

/** Labels of the pods. What selects them and names them in telemetry is the gateway's own. */
function podLabels(scope: Construct, { exitName, metadata, selector }: OwnGatewayAddress) {
  const { revision, _labels } = Mesh.of(scope);
  return {
    ..._labels,
    ...metadata?.labels,
    ...selector,
    app: exitName,
    'service.istio.io/canonical-name': exitName,
    'service.istio.io/canonical-revision': 'latest',
    'sidecar.istio.io/inject': 'true',
    ...Object.fromEntries(OF_EXITS),
    ...(revision && { 'istio.io/rev': revision }),
  };
}
