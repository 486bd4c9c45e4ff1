import { Construct, IConstruct } from 'constructs';
import { EgressError } from '../errors';
import { IstioVersion, TESTED_ISTIO } from './istio-version';
import { MeshSettings, OutboundTrafficPolicy } from './mesh-settings';
import { warnOfUnmet, recordUse } from './preconditions';
import { checkDottedName, checkName } from '../naming';
import { checkEnum, checkOptions, Options } from '../options';
import { Slot } from '../slot';

const SETTINGS: Options<MeshSettings> = {
  istioVersion: 'checked',
  clusterDomain: 'text',
  trustDomain: 'checked',
  trustDomainAliases: 'list',
  rootNamespace: 'checked',
  revision: 'checked',
  outboundTrafficPolicy: 'checked',
  gatewaysScopedToNamespace: 'flag',
  serviceEntriesScopedToNamespace: 'flag',
  rootNamespaceClosesGateways: 'flag',
  rootNamespaceClosesEveryWaypoint: 'flag',
  dnsProxying: 'flag',
  waypointTlsWildcards: 'flag',
  labels: 'map',
  annotations: 'map',
};

const MESH = new Slot<Mesh>('Mesh');
const READ = new Slot<true>('MeshRead');

/**
 * The mesh that an app, or one of its charts, is for: settings made once, read by every construct below.
 *
 * @example
 * Mesh.configure(app, {
 *   outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY,
 *   gatewaysScopedToNamespace: true,
 *   serviceEntriesScopedToNamespace: true,
 *   rootNamespaceClosesGateways: true,
 * });
 */
export class Mesh {
  /**
   * Sets the mesh of everything below `scope`, usually the app. To be called before any other construct of this library
   * is made there. What is left out follows the scope above.
   *
   * @throws MeshConfiguredLate if the scope has settings, or a construct below it has used them
   * @throws VersionUnsupported, NameSyntax, OptionUnknown, WrongType for settings that cannot be
   */
  public static configure(scope: Construct, settings: MeshSettings): void {
    settings = checkOptions(scope, settings, SETTINGS);
    if (MESH.of(scope) ?? READ.of(scope)) {
      throw new EgressError('MeshConfiguredLate', scope, {
        what: 'the mesh of this scope is settled: it was configured before, or a construct has used it',
        fix: 'call `Mesh.configure` once, right after the app or chart is made',
      });
    }
    const above = scope.node.scope ? Mesh.settled(scope.node.scope as Construct).settings : {};
    warnOfUnmet(settings);
    const mesh = new Mesh(scope, {
      ...above,
      // What is undefined says nothing, and takes back nothing that was said above.
      ...Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)),
      labels: { ...above.labels, ...settings.labels },
      annotations: { ...above.annotations, ...settings.annotations },
    });
    MESH.set(scope, mesh);
  }

  /** The settings that hold for a construct: those of the nearest scope that has any, else the defaults. */
  public static of(scope: Construct): Mesh {
    const mesh = Mesh.settled(scope);
    if (!mesh.isUsed) recordUse(scope, mesh.settings);
    mesh.isUsed = true;
    return mesh;
  }

  private static settled(scope: Construct): Mesh {
    // The scopes passed on the way must not be configured any more: what was built so far would not know.
    for (let at: IConstruct | undefined = scope; at; at = at.node.scope) {
      const mesh = MESH.of(at);
      if (mesh) return mesh;
      READ.set(at, true);
    }
    return MESH.begin(scope.node.root, () => new Mesh(scope, {}));
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
   * Whether Gateways are scoped to their namespaces, as far as anybody says.
   * @internal
   */
  public readonly _gatewaysScoped: boolean;
  /**
   * Whether ServiceEntries are scoped to their namespaces, as far as anybody says and this version of Istio can.
   * @internal
   */
  public readonly _serviceEntriesScoped: boolean;
  /**
   * Whether the root namespace closes gateways that have no policies, as far as anybody says.
   * @internal
   */
  public readonly _gatewaysClosedAtRoot: boolean;
  /**
   * Whether the root namespace closes every waypoint that has no policies.
   * @internal
   */
  public readonly _waypointsClosedAtRoot: boolean;
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

  private isUsed = false;

  private constructor(
    scope: Construct,
    private readonly settings: MeshSettings,
  ) {
    this._version = IstioVersion.parse(scope, settings.istioVersion ?? TESTED_ISTIO);
    this.waypointTlsWildcards = settings.waypointTlsWildcards ?? false;
    this.clusterDomain = (settings.clusterDomain ?? 'cluster.local').toLowerCase();
    checkDottedName(scope, 'clusterDomain', this.clusterDomain);
    this._trustDomains = [settings.trustDomain ?? 'cluster.local', ...(settings.trustDomainAliases ?? [])];
    for (const domain of this._trustDomains) checkTrustDomain(scope, domain);
    this.rootNamespace = checkName(scope, 'rootNamespace', settings.rootNamespace ?? 'istio-system');
    this.revision = settings.revision === undefined ? undefined : checkName(scope, 'revision', settings.revision);
    this.outboundTrafficPolicy = checkEnum(
      scope,
      'outboundTrafficPolicy',
      settings.outboundTrafficPolicy ?? OutboundTrafficPolicy.REGISTRY_ONLY,
      ['OutboundTrafficPolicy', OutboundTrafficPolicy],
    );
    this._gatewaysScoped = settings.gatewaysScopedToNamespace ?? true;
    this._serviceEntriesScoped = settings.serviceEntriesScopedToNamespace ?? this._version.atLeast(1, 31);
    this._gatewaysClosedAtRoot = settings.rootNamespaceClosesGateways ?? true;
    this._waypointsClosedAtRoot = settings.rootNamespaceClosesEveryWaypoint ?? false;
    this.dnsProxying = settings.dnsProxying ?? false;
    this._labels = settings.labels;
    this._annotations = settings.annotations;
    checkVisibility(scope, this._version, settings);
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

/** Older meshes ignore the setting, so that it cannot be true of them. */
function checkVisibility(
  scope: Construct,
  version: IstioVersion,
  { serviceEntriesScopedToNamespace, istioVersion }: MeshSettings,
) {
  if (!serviceEntriesScopedToNamespace || version.atLeast(1, 31)) return;
  throw new EgressError('VersionUnsupported', scope, {
    what: '`serviceEntriesScopedToNamespace` says what this version of Istio cannot do',
    given: istioVersion,
    allowed: '`serviceEntryVisibility` for sidecars and gateways is new in Istio 1.31',
    fix: 'say `false`, and keep the right to write ServiceEntries away from applications; or upgrade Istio',
  });
}
