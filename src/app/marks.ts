import { Construct, IConstruct } from 'constructs';
import { Slot } from '../slot';

/** An exit: the labels that select its pods. */
export interface ExitMark {
  readonly namespace: string;
  readonly selector: { [key: string]: string };
}

/** A host at an exit. */
export interface ExitHostMark {
  readonly namespace: string;
  readonly host: string;
}

/** A host at a waypoint. */
export interface WaypointHostMark extends ExitHostMark {
  readonly waypoint: string;
}

/** The objects that lead the calls of a namespace to a host. Which TCP connections they capture is read once everything is declared. */
export interface ClientHostMark {
  readonly namespace: string;
  readonly captures: CaptureMark[];
}

/** A TCP host, which sidecars recognise by address and port alone. */
export interface CaptureMark {
  readonly host: string;
  readonly port: number;
  /** Undefined for every address. */
  readonly addresses?: string[];
}

/** A host name that an ingress gateway serves. */
export interface IngressHostMark {
  readonly namespace: string;
  readonly selector: { [key: string]: string };
  readonly host: string;
}

/** Namespaces that a guard closes. */
export interface GuardMark {
  readonly namespaces: string[];
  /** The namespaces of every exit that the guard knows. */
  readonly exitNamespaces: () => string[];
  /** The guarded namespaces that it closes by network policies. */
  readonly closed: string[];
  /** What the network policy of a namespace opens. */
  readonly openings: (namespace: string) => object[];
  /** What its ServiceEntries make known by address. */
  readonly known: { readonly ranges: string[]; readonly ports: number[] }[];
  /** The provider with which its Telemetries log; undefined if they do not. */
  readonly logs?: string;
  /** What the Sidecar of a namespace imports; undefined if it makes none that is closed. */
  readonly imports?: (namespace: string) => string[];
}

/** One kind of mark. Whoever sets one also records that the construct is marked at all. */
class Mark<T> {
  private readonly slot: Slot<T>;

  public constructor(name: string) {
    this.slot = new Slot(name);
  }

  /** The mark of a construct; undefined if it has none. */
  public readonly of = (construct: IConstruct): T | undefined => this.slot.of(construct);

  /** Marks a construct. */
  public readonly set = (construct: Construct, mark: T): void => {
    this.slot.set(construct, mark);
    MARKED.set(construct, true);
  };
}

const MARKED = new Slot<true>('Marked');
const GUARD = new Mark<GuardMark>('Guard');
const CLUSTER_RANGES = new Mark<string[]>('ClusterRanges');
const INGRESS_HOST = new Mark<IngressHostMark>('IngressHost');
const EXIT = new Mark<ExitMark>('Exit');
const EXIT_HOST = new Mark<ExitHostMark>('ExitHost');
const WAYPOINT_HOST = new Mark<WaypointHostMark>('WaypointHost');
const CLIENT_HOST = new Mark<ClientHostMark>('ClientHost');

/**
 * Marks say what a construct is: the checks of the whole tree (src/app/validation) read them, and know no classes of gateways, hosts
 * and guards.
 */
export const markExit = EXIT.set;
export const markExitHost = EXIT_HOST.set;
export const markWaypointHost = WAYPOINT_HOST.set;
export const markClientHost = CLIENT_HOST.set;
export const markIngressHost = INGRESS_HOST.set;
export const markGuard = GUARD.set;
export const markClusterRanges = CLUSTER_RANGES.set;

/** Whether a construct has any mark. */
export const isMarked = (construct: IConstruct): boolean => MARKED.of(construct) === true;

/** The mark of a construct; undefined if it has none. */
export const exitOf = EXIT.of;
export const exitHostOf = EXIT_HOST.of;
export const waypointHostOf = WAYPOINT_HOST.of;
export const clientHostOf = CLIENT_HOST.of;
export const ingressHostOf = INGRESS_HOST.of;
export const clusterRangesOf = CLUSTER_RANGES.of;
export const guardOf = GUARD.of;
