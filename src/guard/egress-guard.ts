import { ApiObject, ApiObjectMetadata } from 'cdk8s';
import { Construct } from 'constructs';
import { checkAdmission } from './admission-guard';
import { directOpenings, exitOpenings, openingProblems } from './client-openings';
import {
  backendOpening,
  checkBackends,
  checkCluster,
  ClusterServices,
  dnsOpenings,
  istiodOpening,
  ProxyBackend,
} from './cluster-services';
import { EGRESS_GUARD, EgressGuardProps } from './egress-guard-props';
import { checkMode, GuardMode } from './guard-mode';
import { checkScope, GuardScope, SidecarScopeOptions } from './guard-scope';
import { checkGuarded } from './guarded-namespaces';
import { checkInCluster, InCluster } from './in-cluster';
import { KnownAddresses, knownAddresses } from './known-addresses';
import { namedCalls } from './named-calls';
import { checkRanges } from './ranges';
import { closedSidecar, openSidecar } from './sidecar-spec';
import { knownExits } from '../app/known-exits';
import { markClusterRanges, markGuard } from '../app/marks';
import { recordNote } from '../app/records';
import { checkTree } from '../app/validation/check-tree';
import { OF_GUARDS } from '../app/validation/guards';
import { checkPort } from '../destination/port-number';
import { checkExits } from '../exit/egress-exit';
import { checkMetadata, ObjectKind, objectsOf } from '../mesh/manifest';
import { Mesh } from '../mesh/mesh';
import { checkName, dottedName, joinName, placedName } from '../naming';
import { BUILT_IN_PROVIDER, sidecarsLog } from '../observe/telemetry-spec';
import { checkOptions } from '../options';
import { observe } from '../policy/observed';

/**
 * Closes namespaces: nothing leaves them except what is declared. Everything that the app declares or grants for a namespace
 * opens what it needs, wherever in the app it stands and whenever it is made, and closes it again when it is removed.
 *
 * Per namespace: a NetworkPolicy that lets its pods reach DNS, istiod, the exits that it uses and `inCluster`, and nothing else;
 * a Sidecar that refuses hosts that nothing declares; a Telemetry that logs the calls of its workloads, and a ServiceEntry that
 * leads nowhere and has the sidecars read the names for that log.
 *
 * @example
 * new EgressGuard(chart, 'Guard', {
 *   namespaces: GuardedNamespaces.named(['payments', 'shop']),
 *   inCluster: InCluster.namespaces(['.', 'orders']),
 * });
 */
export class EgressGuard extends Construct {
  /** The guarded namespaces, sorted. */
  public readonly namespaces: string[];
  /** How far they are closed. */
  public readonly mode: GuardMode;
  /** One for each namespace; none before ENFORCE, because a network policy cannot only be tried out. */
  public readonly networkPolicies: ApiObject[] = [];
  /** One for each namespace. A namespace can have only one Sidecar for all of its workloads. */
  public readonly sidecars: ApiObject[] = [];
  /** One for each namespace. */
  public readonly telemetries: ApiObject[] = [];
  /** One for each namespace: what makes sidecars read the names of undeclared hosts. They lead nowhere. */
  public readonly serviceEntries: ApiObject[] = [];

  private readonly name: string;
  private readonly metadata?: ApiObjectMetadata;
  private readonly inCluster: InCluster;
  private readonly clusterRanges: string[];
  private readonly backends: ProxyBackend[];
  private readonly cluster: ClusterServices;
  private readonly ambient: boolean;
  private readonly leftOut: SidecarScopeOptions;
  private readonly props: EgressGuardProps;

  /** @throws GuardNamespaces, WrongType, OptionUnknown, ExitCannotCarry, NameSyntax, LabelSyntax, OutOfRange, AddressSyntax, MetadataReserved */
  public constructor(scope: Construct, id: string, props: EgressGuardProps) {
    super(scope, id);
    checkTree(this, OF_GUARDS);
    props = checkOptions(this, props, EGRESS_GUARD);
    this.props = props;
    const { name, accessLogProvider = BUILT_IN_PROVIDER } = props;
    const admission = checkAdmission(this, props.admission);
    checkExits(this, props.exits);
    checkName(this, 'accessLogProvider', accessLogProvider);
    const { _ambient, _leftOut } = checkScope(this, props.scope) ?? GuardScope.sidecars();
    this.ambient = _ambient;
    this.leftOut = _leftOut;
    const guarded = checkGuarded(this, props.namespaces);
    this.namespaces = guarded._resolve(this);
    this.mode = checkMode(this, props.mode);
    this.name = name === undefined ? joinName(this, ...this.node.path.split('/')) : checkName(this, 'name', name);
    this.metadata = checkMetadata(this, props.metadata);
    this.inCluster = checkInCluster(this, props.inCluster);
    this.clusterRanges = checkRanges(this, 'clusterRanges', props.clusterRanges ?? []);
    this.backends = checkBackends(this, props.backends);
    this.cluster = checkCluster(this, props.cluster);
    if (!this.enforces) observe(this, this.namespaces);
    for (const namespace of this.namespaces) this.close(namespace);
    const { networkPolicies, sidecars, telemetries, serviceEntries } = this;
    const objects = [...networkPolicies, ...sidecars, ...telemetries, ...serviceEntries];
    admission?._keep(this, this.name, this.namespaces, this.mode, objects);
    markGuard(this, {
      namespaces: this.namespaces,
      exitNamespaces: () => this.exitNamespaces(),
      closed: this.closesNetwork ? this.namespaces : [],
      openings: (namespace) => this.openings(namespace),
      known: this.sidecars.length > 0 && this.enforces ? this.known().map(([, addresses]) => addresses) : [],
      imports:
        this.sidecars.length > 0 && this.enforces
          ? (namespace) => this.sidecarSpec(namespace).egress[0].hosts
          : undefined,
      logs: this.telemetries.length > 0 ? accessLogProvider : undefined,
    });
    markClusterRanges(this, this.clusterRanges);
    recordNote(this, this.summary());
    this.node.addValidation({ validate: () => [...guarded._late(this, this.namespaces), ...this.problems()] });
  }

  private get enforces(): boolean {
    return this.mode === GuardMode.ENFORCE;
  }

  private get closesNetwork(): boolean {
    return this.enforces && !this.leftOut.podsMayBypassSidecar;
  }

  private close(namespace: string): void {
    const { sidecarsFollowMesh, accessLogFollowsMesh } = this.leftOut;
    if (this.closesNetwork) {
      this.networkPolicies.push(
        this.object('NetworkPolicy', namespace, () => ({
          podSelector: {},
          policyTypes: ['Egress'],
          egress: this.openings(namespace),
        })),
      );
    }
    if (!sidecarsFollowMesh && !this.ambient) {
      this.sidecars.push(
        this.object('Sidecar', namespace, () => (this.enforces ? this.sidecarSpec(namespace) : openSidecar())),
      );
      if (this.enforces) this.know(namespace);
    }
    if (!accessLogFollowsMesh && !this.ambient) this.log(namespace);
  }

  private sidecarSpec(namespace: string): any {
    const { exits = [] } = this.props;
    const { inCluster, backends, cluster } = this;
    return closedSidecar(this, namespace, { exits, inCluster, backends, cluster });
  }

  /** Makes addresses that the network policy opens known to sidecars, which capture TCP and would refuse them. */
  private know(namespace: string): void {
    for (const [name, addresses] of this.known()) {
      this.serviceEntries.push(
        this.object('ServiceEntry', namespace, () => knownAddresses(name, namespace, addresses), name),
      );
    }
  }

  private known(): [name: string, addresses: KnownAddresses][] {
    const { nodeLocalDns: ranges = [] } = this.cluster;
    const { _byAddress: pods } = this.inCluster;
    return [
      ...(ranges.length > 0 ? [['node-dns', { ranges, ports: [53] }] as [string, KnownAddresses]] : []),
      ...(pods ? [['pods', pods] as [string, KnownAddresses]] : []),
    ];
  }

  private log(namespace: string): void {
    const { accessLogProvider = BUILT_IN_PROVIDER, namedHttpPorts = [80], namedTlsPorts = [443] } = this.props;
    this.telemetries.push(this.object('Telemetry', namespace, () => sidecarsLog(accessLogProvider)));
    for (const port of namedHttpPorts) checkPort(this, 'namedHttpPorts', port);
    for (const port of namedTlsPorts) checkPort(this, 'namedTlsPorts', port);
    if (namedHttpPorts.length + namedTlsPorts.length === 0) return;
    this.serviceEntries.push(
      this.object('ServiceEntry', namespace, () => namedCalls(namespace, namedHttpPorts, namedTlsPorts)),
    );
  }

  private openings(namespace: string): object[] {
    const { ambient } = this;
    const { exits = [] } = this.props;
    return [
      ...this.services(),
      ...exitOpenings(this, namespace, { ambient, exits }),
      ...this.backends.map(backendOpening),
      ...this.inCluster._openings(() => this.systemNamespaces()),
      ...directOpenings(this, namespace, this.clusterRanges),
    ];
  }

  /**
   * The namespaces of istiod and of exits, which `InCluster.all()` leaves out: their pods answer on ports that are not for workloads.
   */
  private systemNamespaces(): string[] {
    const { rootNamespace } = Mesh.of(this);
    const istiod = this.cluster.istiodNamespace ?? rootNamespace;
    return [...new Set([rootNamespace, istiod, ...this.exitNamespaces()])].sort();
  }

  private exitNamespaces(): string[] {
    return knownExits(this, this.props.exits).map(({ namespace }) => namespace);
  }

  /** In the ambient mesh, the node's proxy speaks to istiod, from a network of its own. */
  private services(): object[] {
    const { cluster } = this;
    return [...dnsOpenings(cluster), ...(this.ambient ? [] : [istiodOpening(this, cluster)])];
  }

  /** @param part What it is one of several of its kind for */
  private object(kind: ObjectKind, namespace: string, spec: () => unknown, part?: string): ApiObject {
    const placed = placedName(this, namespace, this.name);
    const name = part === undefined ? placed : dottedName(placed, part);
    const id = [kind, namespace, ...(part === undefined ? [] : [part])].join(' ');
    return objectsOf(this, { namespace, metadata: this.metadata })({ id, kind, name, spec });
  }

  private summary(): string {
    const { podsMayBypassSidecar, sidecarsFollowMesh } = this.leftOut;
    const open = [
      ...(podsMayBypassSidecar ? ['pods may bypass their sidecars'] : []),
      ...(sidecarsFollowMesh ? ['sidecars follow the mesh'] : []),
      ...(this.ambient && this.enforces ? ['ambient: closed by the network policy alone'] : []),
    ];
    const how = this.enforces
      ? `only what is declared; in the cluster: ${this.inCluster}`
      : `everything, ${this.logged()}; through gateways, TLS and TCP as declared`;
    return `${this.namespaces.join(', ')} → ${[how, ...open].join('; ')}`;
  }

  /** Where calls are logged that are not refused yet, in the words of the summary. */
  private logged(): string {
    if (this.ambient) return "of which the guard logs nothing: ztunnel's own log has the connections";
    return this.leftOut.accessLogFollowsMesh ? 'logged as the mesh does' : 'and it is logged';
  }

  private problems(): string[] {
    const { ambient } = this;
    const { exits = [], directPortsToAnyAddress: directPorts = false } = this.props;
    if (!this.closesNetwork) return [];
    return this.namespaces.flatMap((namespace) => openingProblems(this, namespace, { ambient, exits, directPorts }));
  }
}
