import { ApiObjectMetadata } from 'cdk8s';
import { AdmissionGuard } from './admission-guard';
import { ClusterServices, ProxyBackend } from './cluster-services';
import { GuardMode } from './guard-mode';
import { GuardScope } from './guard-scope';
import { GuardedNamespaces } from './guarded-namespaces';
import { InCluster } from './in-cluster';
import { EgressExit } from '../exit/egress-exit';
import { Options } from '../options';

/** What is closed, how far, and what stays open. */
export interface EgressGuardProps {
  /** The namespaces that are guarded. Exits stand in others, which an `ExitGuard` closes. */
  readonly namespaces: GuardedNamespaces;

  /** Where in the cluster their workloads may call. */
  readonly inCluster: InCluster;

  /**
   * How far the namespaces are on the way from open to closed.
   * @default GuardMode.ENFORCE
   */
  readonly mode?: GuardMode;

  /**
   * The admission guard that keeps hand-written ways out away from these namespaces, in the mode of this guard.
   * @default - what admission does with them is left to whoever makes an AdmissionGuard
   */
  readonly admission?: AdmissionGuard;

  /**
   * Where DNS and istiod are.
   * @default - where most clusters have them
   */
  readonly cluster?: ClusterServices;

  /**
   * Services that the sidecars themselves call, such as a collector of traces.
   * @default - none
   */
  readonly backends?: ProxyBackend[];

  /**
   * Exits that workloads of the namespaces use besides: for declarations of other repos that this app does not see.
   * @default - those through which this app declares or grants something to them
   */
  readonly exits?: EgressExit[];

  /**
   * Whether the namespaces' pods have sidecars or are in the ambient mesh, and what of the guard is left out there.
   * @default GuardScope.sidecars(), with nothing left out
   */
  readonly scope?: GuardScope;

  /**
   * Opens the ports of declarations without a gateway (`SidecarExit`) to every address, whoever calls: a network policy knows
   * no names.
   * @default false
   */
  readonly directPortsToAnyAddress?: boolean;

  /**
   * Ranges of addresses of the cluster's pods, Services and nodes, which `directPortsToAnyAddress` does not open.
   * @default - none
   */
  readonly clusterRanges?: string[];

  /**
   * Ports on which undeclared hosts are named in the log by their Host header. On ports where sidecars know no host, the log has
   * an address only.
   * @default [80]
   */
  readonly namedHttpPorts?: number[];

  /**
   * Ports on which undeclared hosts are named in the log by the server name of TLS. On these, protocols in which the server
   * speaks first, such as SSH, have to be declared as TCP before they work.
   * @default [443]
   */
  readonly namedTlsPorts?: number[];

  /**
   * The extension provider that logs the calls of the namespaces' workloads. The mesh configuration has to have it: that of an
   * `EgressAccessLog` of the app, `Installation.write` writes.
   * @default "envoy", which every mesh has
   */
  readonly accessLogProvider?: string;

  /**
   * Labels and annotations for all objects.
   * @default - none
   */
  readonly metadata?: ApiObjectMetadata;

  /**
   * Takes the place of the construct path in the names of the objects.
   * @default - the path of the construct, in kebab case
   */
  readonly name?: string;
}

/** The options of this struct, and the kind of value that each takes. */
export const EGRESS_GUARD: Options<EgressGuardProps> = {
  namespaces: 'checked',
  inCluster: 'checked',
  mode: 'checked',
  admission: 'checked',
  cluster: 'checked',
  backends: 'list',
  exits: 'list',
  scope: 'checked',
  directPortsToAnyAddress: 'flag',
  clusterRanges: 'list',
  namedHttpPorts: 'list',
  namedTlsPorts: 'list',
  accessLogProvider: 'checked',
  metadata: 'checked',
  name: 'checked',
};
