import { ApiObject, ApiObjectMetadata } from 'cdk8s';
import { Construct } from 'constructs';
import { outsideOpenings } from './client-openings';
import {
  backendOpening,
  checkBackends,
  checkCluster,
  ClusterServices,
  dnsOpenings,
  istiodOpening,
  ProxyBackend,
} from './cluster-services';
import { grantedAt, Upstreams, upstreamsOf } from './exit-use';
import { checkMode, GuardMode } from './guard-mode';
import { checkWholeScope, GuardScope } from './guard-scope';
import { addresses, everyPod, from, podsOf, tcp } from './peers';
import { checkRanges } from './ranges';
import { markClusterRanges } from '../app/marks';
import { recordNote } from '../app/records';
import { checkTree } from '../app/validation/check-tree';
import { httpPorts, opaquePorts } from '../destination/egress-port';
import { describe, EgressError } from '../errors';
import { ExitAddress } from '../exit/address';
import { checkExit, EgressExit } from '../exit/egress-exit';
import { checkMetadata, objectsOf } from '../mesh/manifest';
import { checkName } from '../naming';
import { checkOptions, Options } from '../options';
import { HBONE } from '../waypoint/waypoint-address';

/** Properties of an exit's guard. */
export interface ExitGuardProps {
  /** The exit, made in this app: what it is granted decides what is opened. */
  readonly exit: EgressExit;

  /**
   * Ranges of addresses of the cluster's pods, Services and nodes. Hosts of which only the name is known are let out to every
   * address but these, and but those that no host outside has: this machine, the link, and where clouds give credentials away.
   * @default - none, which `podsMayReachCluster` has to allow
   */
  readonly clusterRanges?: string[];

  /**
   * Lets the exit's pods reach the cluster's own pods, Services and nodes, on the ports that are declared: for a cluster whose
   * addresses nobody can name.
   * @default false
   */
  readonly podsMayReachCluster?: boolean;

  /**
   * Before ENFORCE nothing is made: a network policy cannot only be tried out.
   * @default GuardMode.ENFORCE
   */
  readonly mode?: GuardMode;

  /**
   * Where DNS and istiod are.
   * @default - where most clusters have them
   */
  readonly cluster?: ClusterServices;

  /**
   * Services that the exit's proxies themselves call: a collector of traces, an external authorizer.
   * @default - none
   */
  readonly backends?: ProxyBackend[];

  /**
   * Namespaces whose pods collect metrics from the proxies, on port 15020.
   * @default - none
   */
  readonly metricsFrom?: string[];

  /**
   * Whether the exit's pods take part in the ambient mesh. There the kubelet's probes come from an address of their own, and
   * clients connect to port 15008. No layer can be left out.
   * @default - GuardScope.ambient() for a waypoint, else GuardScope.sidecars()
   */
  readonly scope?: GuardScope;

  /**
   * Labels and annotations for the network policy.
   * @default - none
   */
  readonly metadata?: ApiObjectMetadata;
}

const EXIT_GUARD: Options<ExitGuardProps> = {
  exit: 'checked',
  clusterRanges: 'list',
  podsMayReachCluster: 'flag',
  mode: 'checked',
  cluster: 'checked',
  backends: 'list',
  metricsFrom: 'list',
  scope: 'checked',
  metadata: 'checked',
};

/** From where the kubelet's probes come to ambient pods, of either family. @see https://istio.io/latest/docs/ambient/usage/networkpolicy/ */
const PROBES = ['169.254.7.127/32', 'fd16:9254:7127:1337:ffff:ffff:ffff:ffff/128'];
/** Where proxies are asked whether they are ready, and for the metrics of proxy and application. */
const HEALTH = 15021;
const METRICS = 15020;

/**
 * Closes an exit's pods: in come only the namespaces of clients that are granted something, and out they go only to the ports
 * that are granted and, where they are known, to the addresses.
 *
 * @example
 * new ExitGuard(chart, 'ExitGuard', { exit, clusterRanges: ['10.244.0.0/16', '10.96.0.0/16'] });
 */
export class ExitGuard extends Construct {
  /** Undefined before ENFORCE. */
  public readonly networkPolicy?: ApiObject;

  private readonly address: ExitAddress;
  private readonly clusterRanges: string[];
  private readonly backends: ProxyBackend[];
  private readonly ambient: boolean;
  private readonly props: ExitGuardProps;

  /** @throws ExitCannotCarry, WrongType, OptionUnknown, ClusterRangesMissing, NameSyntax, LabelSyntax, OutOfRange, AddressSyntax, MetadataReserved */
  public constructor(scope: Construct, id: string, props: ExitGuardProps) {
    super(scope, id);
    checkTree(this);
    props = checkOptions(this, props, EXIT_GUARD);
    this.props = props;
    const cluster = checkCluster(this, props.cluster);
    const mode = checkMode(this, props.mode);
    this.address = ownAddress(this, props.exit);
    this.ambient = checkWholeScope(this, props.scope)?._ambient ?? props.exit._kind === 'waypoint';
    this.clusterRanges = this.checkClusterRanges();
    markClusterRanges(this, this.clusterRanges);
    this.backends = checkBackends(this, props.backends);
    for (const namespace of props.metricsFrom ?? []) checkName(this, 'metricsFrom', namespace);
    const metadata = checkMetadata(this, props.metadata);
    const services = [...dnsOpenings(cluster), istiodOpening(this, cluster)];
    const { namespace, exitName, selector } = this.address;
    if (mode !== GuardMode.ENFORCE) return;
    this.networkPolicy = objectsOf(this, { namespace, metadata })({
      kind: 'NetworkPolicy',
      name: exitName,
      spec: () => ({
        podSelector: { matchLabels: selector },
        policyTypes: ['Ingress', 'Egress'],
        ingress: this.ingress(),
        egress: [
          ...services,
          ...this.backends.map(backendOpening),
          ...outsideOpenings(this.upstreams(), this.clusterRanges),
        ],
      }),
    });
    recordNote(this, `${namespace}/${exitName} → only what it is granted, and only its clients come in`);
    this.node.addValidation({ validate: () => this.problems() });
  }

  /**
   * Without ranges the guard needs an explicit opt-in: a missing list must not open the cluster.
   * @throws ClusterRangesMissing, AddressSyntax
   */
  private checkClusterRanges(): string[] {
    const { clusterRanges = [], podsMayReachCluster = false } = this.props;
    const ranges = checkRanges(this, 'clusterRanges', clusterRanges);
    if (ranges.length > 0 || podsMayReachCluster) return ranges;
    throw new EgressError('ClusterRangesMissing', this, {
      what: "hosts of which only the name is known would be let out to the cluster's own pods, Services and nodes too",
      given: this.props.clusterRanges,
      allowed: "the cluster's ranges, or `podsMayReachCluster: true`",
      fix: 'set `clusterRanges`',
    });
  }

  /** One opening for each port; clients of both ports are named twice, so that each line can be read by itself. */
  private ingress(): object[] {
    const { metricsFrom = [] } = this.props;
    const { ambient } = this;
    const { http, opaque } = this.address.targetPorts;
    const ports = ambient
      ? [{ port: HBONE, uses: () => true }]
      : [
          { port: http, uses: (kinds: Kinds) => kinds.http },
          { port: opaque, uses: (kinds: Kinds) => kinds.opaque },
        ];
    return [
      ...ports.flatMap(({ port, uses }) => {
        const clients = this.clients(uses);
        if (clients.length === 0) return [];
        return [from([clients.includes(undefined) ? everyPod : podsOf(clients as string[])], tcp(port!))];
      }),
      ...(metricsFrom.length > 0 ? [from([podsOf([...metricsFrom].sort())], tcp(METRICS))] : []),
      ...(ambient ? [from(addresses(PROBES), tcp(HEALTH))] : []),
    ];
  }

  /** Namespaces of clients, sorted; undefined stands for the whole mesh. */
  private clients(uses: (kinds: Kinds) => boolean): (string | undefined)[] {
    const namespaces = grantedAt(this.props.exit)
      .filter((declaration) => uses(kindsOf(declaration.ports)))
      .flatMap(({ clients }) => clients.map(({ namespaceName }) => namespaceName));
    return [...new Set(namespaces)].sort();
  }

  /** Where the exit's pods connect to. */
  private upstreams(): Upstreams[] {
    const granted = grantedAt(this.props.exit);
    const { connectProxy } = this.address;
    if (!connectProxy) return upstreamsOf(granted);
    return granted.length > 0 ? [{ port: connectProxy.port }] : [];
  }

  private problems(): string[] {
    if (this.ambient) return [];
    const { http, opaque } = this.address.targetPorts;
    const used = grantedAt(this.props.exit).map(({ ports }) => kindsOf(ports));
    const lacks = [
      ...(http === undefined && used.some((kinds) => kinds.http) ? ['httpTargetPort'] : []),
      ...(opaque === undefined && used.some((kinds) => kinds.opaque) ? ['tlsTargetPort'] : []),
    ];
    return lacks.map((property) =>
      describe('GuardExitUnknown', this, {
        what: "the port on which the exit's pods listen is not said, and network policies are about that one",
        given: undefined,
        allowed: "the `targetPort` of the pods' Service",
        fix: `set \`${property}\` in GatewayWorkload.existing`,
      }),
    );
  }
}

interface Kinds {
  readonly http: boolean;
  readonly opaque: boolean;
}

const kindsOf = (ports: Parameters<typeof httpPorts>[0]): Kinds => ({
  http: httpPorts(ports).length > 0,
  opaque: opaquePorts(ports).length > 0,
});

/** @throws ExitCannotCarry */
function ownAddress(scope: Construct, exit: EgressExit): ExitAddress {
  checkExit(scope, exit);
  const address = exit._isOwned ? exit._address(scope) : undefined;
  if (address) return address;
  throw new EgressError('ExitCannotCarry', scope, {
    what: "only pods of an exit's own can be closed by what is granted to it",
    given: exit.exitName,
    allowed: 'an EgressGateway or EgressWaypoint of this app',
    fix: 'guard the exit where it is made',
  });
}
