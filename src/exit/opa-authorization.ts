import { ApiObject, Yaml } from 'cdk8s';
import { Construct } from 'constructs';
import { GatewayHandle } from './gateway-handle';
import { ServiceEntrySpecResolution, toJson_ServiceEntrySpec } from '../../imports/networking.istio.io';
import { AuthorizationPolicySpecAction, toJson_AuthorizationPolicySpec } from '../../imports/security.istio.io';
import { checkPort } from '../destination/port-number';
import { EgressError } from '../errors';
import { manifest } from '../mesh/manifest';
import { checkName, dottedName, joinName } from '../naming';

/** OPA with its Envoy plugin, as published by the Open Policy Agent project. */
const OPA_IMAGE = 'openpolicyagent/opa:1.22.0-envoy';
const GRPC_PORT = 9191;
const DIAGNOSTIC_PORT = 8282;

/** What every form of OPA has. */
export interface OpaOptions {
  /**
   * Lets every call through while OPA cannot be asked, instead of refusing all of them with 403.
   * @default false
   */
  readonly allowWhileUnavailable?: boolean;
}

/** OPA in each pod of the gateway. */
export interface OpaSidecarOptions extends OpaOptions {
  /** Name of a ConfigMap in the gateway's namespace; all of its `.rego` files are the policy. It is yours to make. */
  readonly policyConfigMap: string;

  /**
   * The rule that decides, as a path of the policy's packages: true, or an object with `allowed`, headers and a status.
   * @default "istio/authz/allow"
   */
  readonly decision?: string;

  /** @default - the official image that this library names */
  readonly image?: string;
}

/** OPA, or whatever speaks Envoy's ext_authz over gRPC, as a service of its own. */
export interface OpaServiceOptions extends OpaOptions {
  /** Full DNS name of the Service. */
  readonly host: string;

  /** @default 9191 */
  readonly port?: number;
}

/**
 * Has an Open Policy Agent decide about every HTTP call of a gateway, besides the grants: both must allow it. It fails closed:
 * while OPA does not answer, and as long as the mesh configuration lacks the extension provider, calls are refused with 403.
 *
 * What must stand in the mesh configuration is `extensionProvider` of the gateway; `Installation.write` puts it into a file.
 *
 * @see https://istio.io/latest/docs/tasks/security/authorization/authz-custom/
 */
export class OpaAuthorization {
  /** OPA beside the proxy in each pod, with your policy from a ConfigMap. */
  public static sidecar(options: OpaSidecarOptions): OpaAuthorization {
    return new OpaAuthorization(options);
  }

  /** OPA behind a Service. */
  public static service(options: OpaServiceOptions): OpaAuthorization {
    return new OpaAuthorization(undefined, options);
  }

  private constructor(
    /** @internal */
    public readonly _sidecar?: OpaSidecarOptions,
    /** @internal */
    public readonly _service?: OpaServiceOptions,
  ) {}
}

/** The objects that have OPA asked. */
export class OpaPolicy extends Construct {
  public readonly authorizationPolicy: ApiObject;
  /** The entry for the mesh configuration's `extensionProviders`. */
  public readonly extensionProvider: { [field: string]: unknown };

  public constructor(
    scope: Construct,
    id: string,
    private readonly gateway: GatewayHandle,
    { _sidecar: sidecar, _service: service }: OpaAuthorization,
  ) {
    super(scope, id);
    // A label: Istio refuses a dot in it, and then every call.
    const provider = joinName(this, 'opa', gateway.exitName, gateway.namespace);
    const options = sidecar ?? service!;
    this.extensionProvider = {
      name: provider,
      envoyExtAuthzGrpc: {
        service: service ? service.host : this.localHost,
        port: service ? checkPort(this, 'port', service.port ?? GRPC_PORT) : GRPC_PORT,
        timeout: '1s',
        failOpen: options.allowWhileUnavailable ?? false,
        statusOnError: '403',
      },
    };
    this.authorizationPolicy = this.object(
      'security.istio.io/v1',
      'AuthorizationPolicy',
      dottedName(gateway.exitName, 'opa'),
      {
        spec: () =>
          toJson_AuthorizationPolicySpec({
            selector: { matchLabels: gateway.selector },
            action: AuthorizationPolicySpecAction.CUSTOM,
            provider: { name: provider },
            // The calls alone: of what passes through unread OPA could not tell anything, and the kubelet's probe has no caller.
            rules: [{ to: [{ operation: { ports: [`${gateway.targetPorts.http}`] } }] }],
          }),
      },
    );
    if (sidecar) this.addSidecar(sidecar);
  }

  private get localHost(): string {
    return `opa.${this.gateway.exitName}.${this.gateway.namespace}.internal`;
  }

  private addSidecar({ policyConfigMap, decision = 'istio/authz/allow' }: OpaSidecarOptions): void {
    checkName(this, 'policyConfigMap', policyConfigMap);
    if (!/^\w+(\/\w+)+$/.test(decision)) {
      throw new EgressError('NameSyntax', this, {
        what: '`decision` is not the path of a rule',
        given: decision,
        allowed: 'names separated by "/", as "istio/authz/allow" for `allow` in package istio.authz',
        fix: 'name the rule of your policy',
      });
    }
    this.object('v1', 'ConfigMap', `${this.gateway.exitName}-opa`, {
      fields: {
        data: {
          'config.yaml': Yaml.stringify({
            plugins: { envoy_ext_authz_grpc: { addr: `127.0.0.1:${GRPC_PORT}`, path: decision } },
            decision_logs: { console: true },
          }),
        },
      },
    });
    // How the proxy finds what listens in its own pod.
    this.object('networking.istio.io/v1', 'ServiceEntry', dottedName(this.gateway.exitName, 'opa'), {
      spec: () =>
        toJson_ServiceEntrySpec({
          exportTo: ['.'],
          hosts: [this.localHost],
          ports: [{ name: 'grpc', number: GRPC_PORT, protocol: 'GRPC' }],
          resolution: ServiceEntrySpecResolution.STATIC,
          endpoints: [{ address: '127.0.0.1' }],
        }),
    });
  }

  private object(
    apiVersion: string,
    kind: string,
    name: string,
    content: { spec?: () => unknown; fields?: { [field: string]: unknown } },
  ): ApiObject {
    const { namespace, metadata } = this.gateway;
    return manifest(this, kind, { apiVersion, kind, namespace, name, metadata, ...content });
  }
}

/** The container with OPA, and its volumes. */
export function opaContainer(exitName: string, { image = OPA_IMAGE, policyConfigMap }: OpaSidecarOptions) {
  const health = { path: '/health?plugins', port: DIAGNOSTIC_PORT };
  return {
    container: {
      name: 'opa',
      image,
      args: [
        'run',
        '--server',
        '--config-file=/config/config.yaml',
        '--addr=127.0.0.1:8181',
        `--diagnostic-addr=0.0.0.0:${DIAGNOSTIC_PORT}`,
        '--ignore=.*',
        '/policy',
      ],
      readinessProbe: { httpGet: health, periodSeconds: 5 },
      livenessProbe: { httpGet: health, periodSeconds: 10, failureThreshold: 6 },
      resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { cpu: '1', memory: '256Mi' } },
      securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        runAsUser: 1000,
      },
      volumeMounts: [
        { name: 'opa-config', mountPath: '/config', readOnly: true },
        { name: 'opa-policy', mountPath: '/policy', readOnly: true },
      ],
    },
    volumes: [
      { name: 'opa-config', configMap: { name: `${exitName}-opa` } },
      { name: 'opa-policy', configMap: { name: policyConfigMap } },
    ],
  };
}
