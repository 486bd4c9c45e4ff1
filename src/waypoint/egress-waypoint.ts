import { ApiObject, ApiObjectMetadata } from 'cdk8s';
import { Construct } from 'constructs';
import { ImportedEgressWaypoint } from './imported-egress-waypoint';
import { WaypointAddress, waypointAddress } from './waypoint-address';
import { IWaypointHost } from './waypoint-host';
import { WaypointHosts } from './waypoint-hosts';
import { waypointParameters } from './waypoint-parameters';
import { AuthorizationPolicySpec } from '../../imports/security.istio.io';
import { markInstallation } from '../app/installation-parts';
import { EgressError } from '../errors';
import { DEFAULT_EXIT, ExitAddress } from '../exit/address';
import { Declaration, namesCredentials } from '../exit/declaration';
import { EgressExit, isExit } from '../exit/egress-exit';
import { ObservedPolicies } from '../exit/owned/observed-policies';
import { OwnedExit } from '../exit/owned/owned-exit';
import { letReadSecrets } from '../exit/owned/secret-reader';
import { EgressGateway } from '../gateway/egress-gateway';
import { checkPlacement, checkPods, GATEWAY_PODS, GatewayPodOptions } from '../gateway/pods/gateway-pod-options';
import { NO_ENVOY_HEADERS } from '../gateway/pods/gateway-pods';
import { gatewaySize } from '../gateway/pods/gateway-size';
import { checkMetadata, objectsOf } from '../mesh/manifest';
import { Mesh } from '../mesh/mesh';
import { Plain } from '../mesh/plain';
import { checkName } from '../naming';
import { checkOptions, Options, pathOf } from '../options';

/** Name of a waypoint for which nothing else is said, here and in other repos. */
const DEFAULT_WAYPOINT = 'egress-waypoint';

/** Properties of a waypoint for egress. */
export interface EgressWaypointProps {
  /**
   * Name of the waypoint's Gateway, from which istiod makes its Deployment, Service and ServiceAccount.
   * @default "egress-waypoint"
   */
  readonly name?: string;

  /**
   * Namespace of the waypoint. Nothing but exits should run there, and it is not made here.
   * @default - the chart's namespace, or "istio-egress" if it has none
   */
  readonly namespace?: string;

  /**
   * An egress gateway of the same namespace, beside which the waypoint stands while clients move from sidecars to ambient: what
   * tells where a host is stands there once, for both.
   * @default - the waypoint stands alone
   */
  readonly beside?: EgressGateway;

  /**
   * Name of the egress gateway beside which the waypoint stood, when that is gone: what tells where a host is keeps its name. By
   * the waypoint's own name it would be a new object, and calls would fail until the old one is pruned.
   * @default - the hosts' objects are named by the waypoint
   */
  readonly replaces?: string;

  /**
   * Number, size and place of its pods, from Istio 1.26 on.
   * @default - as for an egress gateway; before Istio 1.26 one pod, of the size that istiod gives it
   */
  readonly workload?: GatewayPodOptions;

  /**
   * Labels and annotations for the waypoint's objects, the hosts' included.
   * @default - none
   */
  readonly metadata?: ApiObjectMetadata;
}

const WAYPOINT: Options<EgressWaypointProps> = {
  name: 'checked',
  namespace: 'checked',
  beside: 'checked',
  replaces: 'checked',
  workload: 'checked',
  metadata: 'checked',
};

/** Where a waypoint that another app makes is found. The defaults are those of `EgressWaypoint`. */
export interface EgressWaypointAttributes {
  /** @default "egress-waypoint" */
  readonly name?: string;

  /** @default "istio-egress" */
  readonly namespace?: string;
}

const ATTRIBUTES: Options<EgressWaypointAttributes> = { name: 'checked', namespace: 'checked' };

/**
 * A waypoint through which the declared calls of ambient namespaces leave the mesh: ztunnel sends calls to a host there, because the
 * host's ServiceEntry names the waypoint, and the waypoint lets through the clients that its policies name. A client's namespace holds
 * only its label for ambient.
 *
 * The mesh must say that the ServiceEntries of the waypoint's namespace count everywhere and others only at home (Istio 1.31,
 * `serviceEntryVisibility`; `Installation.write` puts it into a file): of several for one host ztunnel takes the oldest.
 *
 * It serves the hosts that are granted; what nobody declares it does not see, and ztunnel carries it straight out. That takes a
 * NetworkPolicy to close.
 *
 * @example
 * const waypoint = new EgressWaypoint(chart, 'Waypoint', { namespace: 'istio-egress' });
 * new AmbientNamespace(chart, 'Payments', { name: 'payments' });
 * new TlsOriginationEgress(chart, 'Stripe', {
 *   hosts: ['api.stripe.com'],
 *   exit: waypoint,
 *   clients: [EgressClient.serviceAccount('payments', 'checkout')],
 * });
 */
export class EgressWaypoint extends OwnedExit {
  /**
   * A waypoint that another app makes. Declarations through it make nothing: its owner grants them.
   * @throws NameSyntax, OptionUnknown, WrongType
   */
  public static imported(attributes: EgressWaypointAttributes = {}): EgressExit {
    const where = 'EgressWaypoint.imported';
    attributes = checkOptions(where, attributes, ATTRIBUTES);
    return new ImportedEgressWaypoint(
      checkWaypointName(where, attributes.name ?? DEFAULT_WAYPOINT),
      checkName(where, 'namespace', attributes.namespace ?? DEFAULT_EXIT),
    );
  }

  /** @internal */
  public readonly _kind = 'waypoint';
  /** The waypoint itself. */
  public readonly gateway: ApiObject;
  /** Refuses what no grant allows: without it, a host without a policy would be open to every tenant. */
  public readonly authorizationPolicy: ApiObject;
  /** Number, size and place of the pods, for istiod's deployment controller; undefined before Istio 1.26, which takes none. */
  public readonly parameters?: ApiObject;

  private readonly address: WaypointAddress;
  private readonly hosts: WaypointHosts;

  /**
   * @throws NameSyntax, QuantitySyntax, OutOfRange, LabelSyntax, MetadataReserved, ExitInRootNamespace, ExitCannotCarry,
   * VersionUnsupported, OptionUnknown, WrongType
   */
  public constructor(scope: Construct, id: string, props: EgressWaypointProps = {}) {
    props = checkOptions(pathOf(scope, id), props, WAYPOINT);
    super(scope, id, props, { name: DEFAULT_WAYPOINT, namespace: DEFAULT_EXIT });
    checkWaypointName(this, this.exitName);
    const beside = props.beside === undefined ? undefined : checkBeside(this, props.beside);
    const metadata = checkMetadata(this, props.metadata);
    checkLabels(this, metadata);
    this.address = {
      exitName: this.exitName,
      namespace: this.namespace,
      replaces: props.replaces === undefined ? undefined : checkReplaced(this, props.replaces, props.beside),
      metadata,
    };
    const workload = checkPlacement(this, checkPods(this, props.workload ?? {}, GATEWAY_PODS));
    const parameters = waypointParameters(this.exitName, gatewaySize(this, workload), workload);

    const object = objectsOf(this, this.address);
    // First, so that it is applied first: from then on, nothing is open that is not granted.
    const target = { targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: this.exitName }] };
    this.authorizationPolicy = object({
      kind: 'AuthorizationPolicy',
      name: this.exitName,
      spec: () => ({ ...target, action: 'ALLOW' }) satisfies Plain<AuthorizationPolicySpec>,
    });
    if (takesParameters(this, props)) {
      this.parameters = object({ kind: 'ConfigMap', name: this.exitName, fields: { data: parameters } });
    }
    this.gateway = object({
      kind: 'Gateway',
      apiVersion: 'gateway.networking.k8s.io/v1',
      name: this.exitName,
      spec: () => this.gatewaySpec(),
    });
    this.gateway.metadata.addLabel('istio.io/waypoint-for', 'service');
    // What is open without the setting, as in older meshes, is in docs/ambient.md.
    const publicServiceEntries = this._servesMesh ? this.namespace : undefined;
    const mesh = Mesh.of(this);
    markInstallation(this, { closes: mesh, waypointsIn: mesh, publicServiceEntries });
    this.hosts = new WaypointHosts(this, 'Hosts', this.address, beside && ((...hosts) => beside._share(...hosts)));
    new ObservedPolicies(this, 'Observed', { ...this.address, target });
  }

  /**
   * The objects of a granted host, for JSON patches.
   * @throws NotDeclared if no declaration sends the host through this waypoint; HostSyntax, HostWildcard, HostIpAddress,
   * HostInCluster, NotInline, NotOutside for what is no host
   */
  public host(host: string): IWaypointHost {
    return this.hosts.find(host);
  }

  /**
   * Whether other namespaces go by its ServiceEntries.
   * @internal
   */
  public get _servesMesh(): boolean {
    return true;
  }

  /** @internal */
  public _grant(declaration: Declaration): void {
    if (this._servesMesh) checkClientsOutside(this.namespace, declaration);
    this.hosts.add(declaration);
    if (namesCredentials(declaration)) letReadSecrets(this, this.address);
  }

  /** @internal */
  public _lead(): [] {
    // ztunnel leads, by the ServiceEntry beside the waypoint.
    return [];
  }

  /** @internal */
  public _address(): ExitAddress {
    return waypointAddress(this, this.address);
  }

  private gatewaySpec() {
    return {
      gatewayClassName: 'istio-waypoint',
      listeners: [{ name: 'mesh', port: 15008, protocol: 'HBONE', allowedRoutes: { namespaces: { from: 'Same' } } }],
      infrastructure: {
        // For the pods. Where some are named here, istiod does not give them the Gateway's own.
        annotations: { ...Mesh.of(this)._annotations, ...this.address.metadata?.annotations, ...NO_ENVOY_HEADERS },
        parametersRef: this.parameters && { group: '', kind: 'ConfigMap', name: this.exitName },
      },
    };
  }
}

/** The label that sends a host through a waypoint names it, and Istio reads "none" there as through no waypoint at all. */
function checkWaypointName(scope: Construct | string, name: string): string {
  if (name !== 'none') return checkName(scope, 'name', name);
  throw new EgressError('NameSyntax', scope, {
    what: 'a waypoint of this name would be passed by: in `istio.io/use-waypoint` it means that there is none',
    given: name,
    allowed: 'any other name',
    fix: 'choose another `name`',
  });
}

/** Two exits can share what tells where a host is only in one namespace, under two names. */
function checkBeside(waypoint: EgressWaypoint, gateway: EgressGateway): EgressGateway {
  const isGateway = isExit(gateway) && gateway._kind === 'gateway' && gateway._isOwned;
  if (isGateway && gateway.namespace === waypoint.namespace && gateway.exitName !== waypoint.exitName) return gateway;
  throw new EgressError('ExitCannotCarry', waypoint, {
    what: 'a waypoint stands beside a gateway of its own namespace, under another name',
    given: isGateway ? `${gateway.namespace}/${gateway.exitName}` : gateway,
    allowed: `a gateway in ${waypoint.namespace} with another name than ${waypoint.exitName}`,
    fix: 'set `namespace` and `name` of the waypoint',
  });
}

/** What stands beside the waypoint is there still, and names the hosts' objects itself. */
function checkReplaced(waypoint: EgressWaypoint, name: string, beside?: EgressGateway): string {
  if (!beside) return checkName(waypoint, 'replaces', name);
  throw new EgressError('ExitCannotCarry', waypoint, {
    what: 'a waypoint has replaced a gateway only when that is gone',
    given: { beside: beside.exitName, replaces: name },
    allowed: '`beside` while the gateway is there, `replaces` afterwards',
    fix: 'leave one of them out',
  });
}

/** Labels by which Istio would send a host's calls elsewhere, or leave the waypoint out. */
function checkLabels(waypoint: EgressWaypoint, metadata?: ApiObjectMetadata): void {
  const taken = Object.keys(metadata?.labels ?? {}).filter((label) =>
    /^istio\.io\/(use-waypoint|waypoint-for)/.test(label),
  );
  if (taken.length === 0) return;
  throw new EgressError('MetadataReserved', waypoint, {
    what: 'these labels say which waypoint serves a host, which is this one',
    given: taken,
    allowed: 'other labels',
    fix: 'leave them out of `metadata`',
  });
}

/** Sidecars of the namespace would find the hosts' own routes there, and take them past the waypoint. */
function checkClientsOutside(namespace: string, { scope, clients }: Declaration): void {
  if (!clients.some(({ namespaceName }) => namespaceName === namespace)) return;
  throw new EgressError('ClientInExitNamespace', scope, {
    what: "a client stands in the waypoint's own namespace, where sidecars see the hosts' routes and could go out past it",
    given: namespace,
    fix: "run the client in another namespace, and nothing but exits in the exit's; or use a DelegatedEgressWaypoint",
  });
}

/** Before 1.26, istiod's deployment controller knows no parameters. */
function takesParameters(waypoint: EgressWaypoint, { workload }: EgressWaypointProps): boolean {
  const takes = Mesh.of(waypoint)._version.atLeast(1, 26);
  if (takes || workload === undefined) return takes;
  throw new EgressError('VersionUnsupported', waypoint, {
    what: "number, size and place of a waypoint's pods can be set only in newer versions of Istio",
    given: workload,
    allowed: 'Istio 1.26 or newer',
    fix: 'leave `workload` out, or set `istioVersion` if the mesh is newer',
  });
}
