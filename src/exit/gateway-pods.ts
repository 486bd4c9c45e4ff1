import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { GatewayHandle, tlsServiceName } from './gateway-handle';
import { gatewaySize, ManagedGatewayOptions } from './gateway-workload';
import { manifest } from '../mesh/manifest';
import { Mesh } from '../mesh/mesh';

/** Where managed pods listen. Above 1023, so that they need no privilege to. */
export const MANAGED_TARGET_PORTS = { http: 8080, opaque: 8443 };
const HEALTH_PORT = 15021;

/**
 * Where the Host header is rewritten, Envoy tells the upstream the one that the application sent. It adds that after the
 * route has removed headers, so only the proxy itself can be told not to.
 */
const PROXY_CONFIG = 'proxyHeaders: { envoyDebugHeaders: { disabled: true } }';

/** The pods of an egress gateway, filled in by Istio's injector, and what they need. */
export class GatewayPods extends Construct {
  public readonly deployment: ApiObject;
  public readonly service: ApiObject;
  public readonly serviceAccount: ApiObject;
  public tlsService?: ApiObject;

  public constructor(
    scope: Construct,
    id: string,
    private readonly gateway: GatewayHandle,
    options: ManagedGatewayOptions,
  ) {
    super(scope, id);
    const size = gatewaySize(scope, options);
    this.serviceAccount = this.object('v1', 'ServiceAccount', {
      // The proxy has a token of its own for istiod; it never calls the Kubernetes API.
      fields: { automountServiceAccountToken: false },
    });
    this.service = this.object('v1', 'Service', {
      spec: () => this.serviceSpec('http', gateway.http.port, MANAGED_TARGET_PORTS.http),
    });
    this.deployment = this.object('apps/v1', 'Deployment', {
      spec: () => ({
        replicas: size.replicas,
        selector: { matchLabels: gateway.selector },
        strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: {
          metadata: {
            labels: this.podLabels(),
            annotations: this.podAnnotations(),
          },
          spec: this.podSpec(size.resources),
        },
      }),
    });
  }

  /**
   * Lets the gateway read its credentials: istiod hands a Secret only to a gateway whose service account may list the
   * Secrets of its namespace. Called for the first destination that needs one.
   *
   * @see CredentialsController.Authorize in istio/istio, pilot/pkg/credentials/kube/secrets.go
   */
  public readSecrets(): void {
    if (this.node.tryFindChild('Role')) return;
    const name = this.gateway.exitName;
    this.object('rbac.authorization.k8s.io/v1', 'Role', {
      fields: { rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'watch', 'list'] }] },
    });
    this.object('rbac.authorization.k8s.io/v1', 'RoleBinding', {
      fields: {
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
        subjects: [{ kind: 'ServiceAccount', name, namespace: this.gateway.namespace }],
      },
    });
  }

  /**
   * Gives TLS passthrough and TCP a Service of their own: a sidecar has a cluster for each of their hosts on each port of it.
   * Called for the first such port.
   */
  public listenForOpaque(): void {
    this.tlsService ??= this.object('v1', 'Service', {
      name: tlsServiceName(this.gateway.exitName),
      spec: () => this.serviceSpec('tls', this.gateway.opaque.port, MANAGED_TARGET_PORTS.opaque),
    });
  }

  private serviceSpec(name: string, port: number, targetPort: number) {
    return {
      type: 'ClusterIP',
      selector: this.gateway.selector,
      ports: [{ name, port, targetPort, protocol: 'TCP' }],
    };
  }

  private object(
    apiVersion: string,
    kind: string,
    content: { name?: string; spec?: () => unknown; fields?: { [field: string]: unknown } },
  ) {
    const { namespace, exitName, metadata } = this.gateway;
    const { name = exitName } = content;
    const id = name === exitName ? kind : `${kind} ${name}`;
    return manifest(this, id, { apiVersion, kind, namespace, metadata, ...content, name });
  }

  private podLabels() {
    const { revision, _labels } = Mesh.of(this);
    return {
      ..._labels,
      ...this.gateway.metadata?.labels,
      ...this.gateway.selector,
      app: this.gateway.exitName,
      'service.istio.io/canonical-name': this.gateway.exitName,
      'service.istio.io/canonical-revision': 'latest',
      'sidecar.istio.io/inject': 'true',
      ...(revision && { 'istio.io/rev': revision }),
    };
  }

  private podAnnotations() {
    return {
      ...Mesh.of(this)._annotations,
      ...this.gateway.metadata?.annotations,
      'inject.istio.io/templates': 'gateway',
      'proxy.istio.io/config': PROXY_CONFIG,
    };
  }

  private podSpec(resources: unknown) {
    return {
      serviceAccountName: this.gateway.exitName,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'kubernetes.io/hostname',
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector: { matchLabels: this.gateway.selector },
        },
      ],
      containers: [
        {
          // The name and the image tell the injector which container to fill in.
          name: 'istio-proxy',
          image: 'auto',
          ports: [
            { name: 'http', containerPort: MANAGED_TARGET_PORTS.http, protocol: 'TCP' },
            { name: 'tls', containerPort: MANAGED_TARGET_PORTS.opaque, protocol: 'TCP' },
          ],
          readinessProbe: {
            httpGet: { path: '/healthz/ready', port: HEALTH_PORT },
            periodSeconds: 5,
            failureThreshold: 4,
          },
          startupProbe: {
            httpGet: { path: '/healthz/ready', port: HEALTH_PORT },
            periodSeconds: 1,
            failureThreshold: 60,
          },
          resources,
          securityContext: {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
            privileged: false,
            readOnlyRootFilesystem: true,
          },
        },
      ],
    };
  }
}
