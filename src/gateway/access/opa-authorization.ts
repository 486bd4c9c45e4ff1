import { createHash } from 'node:crypto';
import { ApiObject, Yaml } from 'cdk8s';
import { Construct } from 'constructs';
import { ServiceEntrySpec } from '../../../imports/networking.istio.io';
import { AuthorizationPolicySpec } from '../../../imports/security.istio.io';
import { Brand } from '../../brand';
import { checkPort } from '../../destination/port-number';
import { EgressError } from '../../errors';
import { OwnGatewayAddress } from '../../exit/address';
import { objectsOf } from '../../mesh/manifest';
import { Mesh } from '../../mesh/mesh';
import { Plain } from '../../mesh/plain';
import { checkDottedName, checkName, dottedName, joinName } from '../../naming';
import { checkOptions, Options } from '../../options';

/** OPA with its Envoy plugin, as published by the Open Policy Agent project. */
const OPA_IMAGE = 'openpolicyagent/opa:1.19.1-envoy';
const GRPC_PORT = 9191;
const DIAGNOSTIC_PORT = 8282;
const DECISION = 'istio/authz/allow';
/** With a dot in it, because "opa" alone would be the name of the policy for a client namespace called "opa". */
const OBJECTS = 'opa.authorization';

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
  /**
   * Name of a ConfigMap in the gateway's namespace; all of its `.rego` files are the policy. It is yours to make. OPA reads it
   * again when it changes, and keeps the last policy that it could read.
   */
  readonly policyConfigMap: string;

  /**
   * The rule that decides, as a path of the policy's packages: true, or an object with `allowed`, headers and a status.
   * @default "istio/authz/allow"
   */
  readonly decision?: string;

  /**
   * Whether OPA writes every decision to its log, with all that it was asked: headers too, and the credentials in them.
   * @default false
   */
  readonly decisionLog?: boolean;

  /** @default - the official image that this library names */
  readonly image?: string;
}

/** OPA, or whatever speaks Envoy's ext_authz over gRPC, as a service of its own. */
export interface OpaServiceOptions extends OpaOptions {
  /** Full DNS name of the Service. Its port speaks gRPC, and is called "grpc…" or has that `appProtocol`. */
  readonly host: string;

  /**
   * Namespace of the Service or ServiceEntry. It has to be known: where two namespaces have a name, Istio asks neither, and
   * refuses every call.
   * @default - the one in the name of a Kubernetes Service, as "policy" in "opa.policy.svc.cluster.local"
   */
  readonly namespace?: string;

  /** @default 9191 */
  readonly port?: number;
}

const OPA: Options<OpaOptions> = { allowWhileUnavailable: 'flag' };
const SIDECAR: Options<OpaSidecarOptions> = {
  ...OPA,
  policyConfigMap: 'checked',
  decision: 'text',
  decisionLog: 'flag',
  image: 'text',
};
const SERVICE: Options<OpaServiceOptions> = { ...OPA, host: 'checked', port: 'checked', namespace: 'checked' };

/**
 * Has an Open Policy Agent decide about every HTTP call of a gateway, besides the grants: both must allow it. It fails closed:
 * while OPA does not answer, and as long as the mesh configuration lacks the extension provider, calls are refused with 403.
 *
 * It needs an extension provider in the mesh configuration, which no manifest can bring: call `Installation.write` before
 * `app.synth()`, which else warns (`InstallationNotWritten`), and install what it writes.
 *
 * @see https://istio.io/latest/docs/tasks/security/authorization/authz-custom/
 *
 * @example
 * new EgressGateway(chart, 'Exit', {
 *   authorization: OpaAuthorization.sidecar({ policyConfigMap: 'egress-policy' }),
 * });
 * Installation.write(app, 'install');
 */
export class OpaAuthorization {
  /**
   * OPA beside the proxy in each pod, with your policy from a ConfigMap.
   * @throws OptionUnknown, WrongType
   */
  public static sidecar(options: OpaSidecarOptions): OpaAuthorization {
    return OPA_AUTHORIZATION.mark(new OpaAuthorization(checkOptions('OpaAuthorization.sidecar', options, SIDECAR)));
  }

  /**
   * OPA behind a Service.
   * @throws OptionUnknown, WrongType
   */
  public static service(options: OpaServiceOptions): OpaAuthorization {
    return OPA_AUTHORIZATION.mark(
      new OpaAuthorization(undefined, checkOptions('OpaAuthorization.service', options, SERVICE)),
    );
  }

  private constructor(
    /** @internal */
    public readonly _sidecar?: OpaSidecarOptions,
    /** @internal */
    public readonly _service?: OpaServiceOptions,
  ) {}
}

const OPA_AUTHORIZATION = new Brand<OpaAuthorization>(
  'OpaAuthorization',
  'OpaAuthorization.sidecar({ … }), OpaAuthorization.service({ … })',
);

/** @throws WrongType for a value of another kind, with which OPA would not be asked at all */
export function checkAuthorization(
  scope: Construct,
  given: OpaAuthorization | undefined,
): OpaAuthorization | undefined {
  return OPA_AUTHORIZATION.optional(scope, 'authorization', given);
}

/** The objects that have OPA asked. */
export class OpaPolicy extends Construct {
  public readonly authorizationPolicy: ApiObject;
  /** The entry for the mesh configuration's `extensionProviders`. */
  public readonly extensionProvider: { readonly name: string; readonly [field: string]: unknown };

  public constructor(
    scope: Construct,
    id: string,
    private readonly gateway: OwnGatewayAddress,
    { _sidecar: sidecar, _service: service }: OpaAuthorization,
  ) {
    super(scope, id);
    // A label: Istio refuses a dot in it, and then every call.
    const provider = joinName(this, 'opa', gateway.exitName, gateway.namespace);
    const options = sidecar ?? service!;
    this.extensionProvider = {
      name: provider,
      envoyExtAuthzGrpc: {
        service: service ? checkService(this, service) : `${gateway.namespace}/${this.localHost}`,
        port: service ? checkPort(this, 'port', service.port ?? GRPC_PORT) : GRPC_PORT,
        timeout: '1s',
        failOpen: options.allowWhileUnavailable ?? false,
        statusOnError: '403',
      },
    };
    const name = dottedName(gateway.exitName, OBJECTS);
    this.authorizationPolicy = objectsOf(
      this,
      gateway,
    )({
      kind: 'AuthorizationPolicy',
      name,
      spec: () =>
        ({
          selector: { matchLabels: gateway.selector },
          action: 'CUSTOM',
          provider: { name: provider },
          // HTTP calls alone: Envoy could tell OPA nothing about the bytes of opaque ports, and the probe of the upstream has no caller.
          rules: [{ to: [{ operation: { ports: [`${gateway.targetPorts.http}`] } }] }],
        }) satisfies Plain<AuthorizationPolicySpec>,
    });
    if (sidecar) this.addSidecar(sidecar);
  }

  private get localHost(): string {
    return `opa.${this.gateway.exitName}.${this.gateway.namespace}.internal`;
  }

  private addSidecar(sidecar: OpaSidecarOptions): void {
    const { policyConfigMap, decision = DECISION } = sidecar;
    checkDottedName(this, 'policyConfigMap', policyConfigMap);
    if (!/^\w+(\/\w+)+$/.test(decision)) {
      throw new EgressError('NameSyntax', this, {
        what: '`decision` is not the path of a rule',
        given: decision,
        allowed: 'names separated by "/", as "istio/authz/allow" for `allow` in package istio.authz',
        fix: 'name the rule of your policy',
      });
    }
    const object = objectsOf(this, this.gateway);
    object({
      kind: 'ConfigMap',
      name: `${this.gateway.exitName}-opa`,
      fields: { data: { 'config.yaml': opaConfig(sidecar) } },
    });
    // By this ServiceEntry the proxy finds OPA, which listens in its own pod.
    object({
      kind: 'ServiceEntry',
      name: dottedName(this.gateway.exitName, OBJECTS),
      spec: () =>
        ({
          exportTo: ['.'],
          hosts: [this.localHost],
          ports: [{ name: 'grpc', number: GRPC_PORT, protocol: 'GRPC' }],
          resolution: 'STATIC',
          endpoints: [{ address: '127.0.0.1' }],
        }) satisfies Plain<ServiceEntrySpec>,
    });
  }
}

/**
 * The Service as "namespace/host". Without the namespace, whoever makes a ServiceEntry of that name anywhere ends all calls.
 *
 * @see LookupCluster in istio/istio, pilot/pkg/model/telemetry_logging.go
 * @throws HostSyntax for a name that Istio would not find, and then refuse every call
 */
function checkService(scope: Construct, { host, namespace }: OpaServiceOptions): string {
  const refuse = (what: string, fix: string): never => {
    throw new EgressError('HostSyntax', scope, {
      what,
      given: host,
      allowed: 'as "opa.policy.svc.cluster.local"',
      fix,
    });
  };
  if (typeof host !== 'string' || !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(host)) {
    refuse('this is not the full DNS name of a Service', 'write the name out, without port and namespace in front');
  }
  if (namespace !== undefined) return `${checkName(scope, 'namespace', namespace)}/${host}`;
  const inCluster = `.svc.${Mesh.of(scope).clusterDomain}`;
  const [, own, ...others] = host.endsWith(inCluster) ? host.slice(0, -inCluster.length).split('.') : [];
  if (own === undefined || others.length > 0) refuse('the name does not tell the namespace', 'set `namespace`');
  return `${own}/${host}`;
}

function opaConfig({ decision = DECISION, decisionLog }: OpaSidecarOptions): string {
  return Yaml.stringify({
    plugins: { envoy_ext_authz_grpc: { addr: `127.0.0.1:${GRPC_PORT}`, path: decision } },
    ...(decisionLog && { decision_logs: { console: true } }),
  });
}

/** OPA reads its configuration when it starts: a hash of it in the pods' annotations replaces the pods when it changes. */
export function opaAnnotations(sidecar: OpaSidecarOptions): { [key: string]: string } {
  return { 'checksum/opa': createHash('sha256').update(opaConfig(sidecar)).digest('hex').slice(0, 8) };
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
        '--skip-version-check',
        '--watch',
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
