import { Construct, IConstruct } from 'constructs';
import { EgressError } from '../errors';
import { IstioVersion, TESTED_ISTIO } from './istio-version';
import { checkName } from '../naming';
import { checkOptions, Options } from '../options';

/** What sidecars do with calls to hosts that nothing in the mesh declares. Mirrors the mesh's own setting. */
export enum OutboundTrafficPolicy {
  /** Refused by the sidecar (502 for HTTP, a reset for everything else). */
  REGISTRY_ONLY = 'REGISTRY_ONLY',

  /**
   * Sent to wherever they point. Istio's own default, and under it **no declaration is enforced**: callers that are not
   * declared, refused callers on another port, and hosts without a declaration all go out directly.
   */
  ALLOW_ANY = 'ALLOW_ANY',
}

/** Facts about the mesh that the manifests are for. */
export interface MeshSettings {
  /**
   * Version of the control plane, as "1.31" or "1.31.1". Decides what can be emitted.
   * @default - the version that this library is tested with
   */
  readonly istioVersion?: string;

  /**
   * Domain of the cluster's Services.
   * @default "cluster.local"
   */
  readonly clusterDomain?: string;

  /**
   * The mesh's `trustDomain`: what identities in certificates begin with.
   * @default "cluster.local"
   */
  readonly trustDomain?: string;

  /**
   * The mesh's `trustDomainAliases`: other domains whose identities are the same workloads, while it moves from one to another.
   * @default - none
   */
  readonly trustDomainAliases?: string[];

  /**
   * Istio's root namespace, where a policy reaches every namespace; no exit may stand there.
   * @default "istio-system"
   */
  readonly rootNamespace?: string;

  /**
   * Revision of the control plane that injects the exits' pods.
   * @default - the default revision
   */
  readonly revision?: string;

  /**
   * The mesh's `outboundTrafficPolicy`. It is a statement, not a switch: nothing here changes the mesh. `ALLOW_ANY` prints
   * a warning, because nothing is enforced then.
   * @default OutboundTrafficPolicy.REGISTRY_ONLY
   */
  readonly outboundTrafficPolicy?: OutboundTrafficPolicy;

  /**
   * Whether istiod runs with `PILOT_SCOPE_GATEWAY_TO_NAMESPACE=true`, so that a Gateway reaches pods of its own namespace
   * only. A statement as well. Without it, which is Istio's default, whoever may create a Gateway in any namespace can take
   * over the exits' pods; `false` prints a warning that says so.
   * @default true
   */
  readonly gatewaysScopedToNamespace?: boolean;

  /**
   * Whether sidecars answer their workloads' DNS queries (`ISTIO_META_DNS_CAPTURE=true` in the mesh's proxy metadata). A
   * statement as well. With it, hosts with TCP ports are known by a virtual address each, so that many can share a port number.
   * @default false
   */
  readonly dnsProxying?: boolean;

  /**
   * Whether istiod runs with `ENABLE_WILDCARD_HOST_SERVICE_ENTRIES_FOR_TLS=true` (Istio 1.29), so that waypoints look up the
   * names below a wildcard for TLS too, by the server name of the handshake. A statement as well.
   * @default false
   */
  readonly waypointTlsWildcards?: boolean;

  /**
   * Labels for every object that this library makes.
   * @default - none
   */
  readonly labels?: { [key: string]: string };

  /**
   * Annotations for every object that this library makes.
   * @default - none
   */
  readonly annotations?: { [key: string]: string };
}

const SETTINGS: Options<MeshSettings> = {
  istioVersion: 'checked',
  clusterDomain: 'text',
  trustDomain: 'checked',
  trustDomainAliases: 'list',
  rootNamespace: 'checked',
  revision: 'checked',
  outboundTrafficPolicy: 'checked',
  gatewaysScopedToNamespace: 'flag',
  dnsProxying: 'flag',
  waypointTlsWildcards: 'flag',
  labels: 'map',
  annotations: 'map',
};

const MESH = Symbol.for('cdk8s-istio-egress.Mesh');
const READ = Symbol.for('cdk8s-istio-egress.MeshRead');

/** The mesh that an app, or one of its charts, is for: settings made once, read by every construct below. */
export class Mesh {
  /**
   * Sets the mesh of everything below `scope`, usually the app. To be called before any other construct of this library
   * is made there. What is left out follows the scope above.
   *
   * @throws MeshConfiguredLate if the scope has settings, or a construct below it has used them
   * @throws VersionUnsupported, NameSyntax for settings that cannot be
   */
  public static configure(scope: Construct, settings: MeshSettings): void {
    settings = checkOptions(scope, settings, SETTINGS);
    if (MESH in scope || READ in scope) {
      throw new EgressError('MeshConfiguredLate', scope, {
        what: 'the mesh of this scope is settled: it was configured before, or a construct has used it',
        fix: 'call `Mesh.configure` once, right after the app or chart is made',
      });
    }
    const above = scope.node.scope ? Mesh.of(scope.node.scope as Construct).settings : {};
    (scope as any)[MESH] = new Mesh(scope, {
      ...above,
      ...settings,
      labels: { ...above.labels, ...settings.labels },
      annotations: { ...above.annotations, ...settings.annotations },
    });
  }

  /** The settings that hold for a construct: those of the nearest scope that has any, else the defaults. */
  public static of(scope: Construct): Mesh {
    // The scopes passed on the way must not be configured any more: what was built so far would not know.
    for (let at: IConstruct | undefined = scope; at; at = at.node.scope) {
      if (MESH in at) return (at as any)[MESH];
      (at as any)[READ] = true;
      if (!at.node.scope) (at as any)[MESH] = new Mesh(scope, {});
    }
    return (scope.node.root as any)[MESH];
  }

  /** Domain of the cluster's Services. */
  public readonly clusterDomain: string;
  /** Istio's root namespace. */
  public readonly rootNamespace: string;
  /** Revision that injects the exits' pods; undefined for the default one. */
  public readonly revision?: string;
  /** What sidecars do with calls that nothing declares. */
  public readonly outboundTrafficPolicy: OutboundTrafficPolicy;
  /** Whether sidecars answer their workloads' DNS queries. */
  public readonly dnsProxying: boolean;
  /** Whether waypoints look up the names below a wildcard for TLS too. */
  public readonly waypointTlsWildcards: boolean;
  /**
   * The trust domains of the mesh's identities.
   * @internal
   */
  public readonly _trustDomains: string[];
  /** @internal */
  public readonly _version: IstioVersion;
  /** @internal */
  public readonly _labels?: { [key: string]: string };
  /** @internal */
  public readonly _annotations?: { [key: string]: string };

  private constructor(
    scope: Construct,
    private readonly settings: MeshSettings,
  ) {
    this._version = IstioVersion.parse(scope, settings.istioVersion ?? TESTED_ISTIO);
    this.waypointTlsWildcards = settings.waypointTlsWildcards ?? false;
    this.clusterDomain = (settings.clusterDomain ?? 'cluster.local').toLowerCase();
    for (const label of this.clusterDomain.split('.')) checkName(scope, 'clusterDomain', label);
    this._trustDomains = [settings.trustDomain ?? 'cluster.local', ...(settings.trustDomainAliases ?? [])];
    for (const domain of this._trustDomains) checkTrustDomain(scope, domain);
    this.rootNamespace = checkName(scope, 'rootNamespace', settings.rootNamespace ?? 'istio-system');
    this.revision = settings.revision === undefined ? undefined : checkName(scope, 'revision', settings.revision);
    this.outboundTrafficPolicy = settings.outboundTrafficPolicy ?? OutboundTrafficPolicy.REGISTRY_ONLY;
    if (!Object.values(OutboundTrafficPolicy).includes(this.outboundTrafficPolicy)) {
      throw new EgressError('WrongType', scope, {
        what: '`outboundTrafficPolicy` is none',
        given: settings.outboundTrafficPolicy,
        allowed: 'OutboundTrafficPolicy.REGISTRY_ONLY, OutboundTrafficPolicy.ALLOW_ANY',
        fix: 'set it to what the mesh has',
      });
    }
    this.dnsProxying = settings.dnsProxying ?? false;
    this._labels = settings.labels;
    this._annotations = settings.annotations;
    if (this.outboundTrafficPolicy === OutboundTrafficPolicy.ALLOW_ANY) {
      warn(
        'OutboundAllowAny',
        'outboundTrafficPolicy is ALLOW_ANY: sidecars send calls that no declaration covers straight to the internet, so nothing that is declared here is enforced.',
      );
    }
    if (settings.gatewaysScopedToNamespace === false) {
      warn(
        'GatewaysNotScoped',
        "PILOT_SCOPE_GATEWAY_TO_NAMESPACE is off: a Gateway of any namespace can select an exit's pods and send its clients' calls elsewhere.",
      );
    }
  }
}

/** @see https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md#21-trust-domain */
function checkTrustDomain(scope: Construct, domain: unknown): void {
  if (typeof domain === 'string' && /^[a-z0-9._-]{1,255}$/.test(domain)) return;
  throw new EgressError('NameSyntax', scope, {
    what: '`trustDomain` and `trustDomainAliases` hold what is no SPIFFE trust domain',
    given: domain,
    allowed: 'a-z, 0-9, ".", "-" and "_", at most 255 characters',
    fix: "pass the mesh's `trustDomain`, without spiffe://",
  });
}

function warn(code: string, message: string): void {
  process.emitWarning(message, { type: 'EgressNotEnforced', code });
}
