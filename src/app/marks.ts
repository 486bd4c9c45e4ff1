import { Construct, IConstruct } from 'constructs';

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

/** What leads the calls of a namespace to a host: what it takes from TCP connections is read when everything is declared. */
export interface ClientHostMark {
  readonly namespace: string;
  readonly captures: CaptureMark[];
}

/** A host that is recognised by address and port alone. */
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
  /** Those of every exit that it knows. */
  readonly exitNamespaces: () => string[];
  /** Those that it closes by network policies. */
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

const GUARD = Symbol.for('cdk8s-istio-egress.Guard');
const CLUSTER_RANGES = Symbol.for('cdk8s-istio-egress.ClusterRanges');
const INGRESS_HOST = Symbol.for('cdk8s-istio-egress.IngressHost');
const EXIT = Symbol.for('cdk8s-istio-egress.Exit');
const EXIT_HOST = Symbol.for('cdk8s-istio-egress.ExitHost');
const WAYPOINT_HOST = Symbol.for('cdk8s-istio-egress.WaypointHost');
const CLIENT_HOST = Symbol.for('cdk8s-istio-egress.ClientHost');
const MARKED = Symbol.for('cdk8s-istio-egress.Marked');

/** Marks a construct for the checks of the whole tree, which know nothing else of it. */
export const markExit = (construct: Construct, mark: ExitMark) => set(construct, EXIT, mark);
export const markExitHost = (construct: Construct, mark: ExitHostMark) => set(construct, EXIT_HOST, mark);
export const markWaypointHost = (construct: Construct, mark: WaypointHostMark) => set(construct, WAYPOINT_HOST, mark);
export const markClientHost = (construct: Construct, mark: ClientHostMark) => set(construct, CLIENT_HOST, mark);
export const markIngressHost = (construct: Construct, mark: IngressHostMark) => set(construct, INGRESS_HOST, mark);
export const markGuard = (construct: Construct, mark: GuardMark) => set(construct, GUARD, mark);

export const markClusterRanges = (construct: Construct, ranges: string[]) => set(construct, CLUSTER_RANGES, ranges);

/** Whether a construct has any mark. */
export const isMarked = (construct: IConstruct) => MARKED in construct;

/** The mark of a construct; undefined if it has none. */
export const exitOf = (construct: IConstruct) => get<ExitMark>(construct, EXIT);
export const exitHostOf = (construct: IConstruct) => get<ExitHostMark>(construct, EXIT_HOST);
export const waypointHostOf = (construct: IConstruct) => get<WaypointHostMark>(construct, WAYPOINT_HOST);
export const clientHostOf = (construct: IConstruct) => get<ClientHostMark>(construct, CLIENT_HOST);
export const ingressHostOf = (construct: IConstruct) => get<IngressHostMark>(construct, INGRESS_HOST);
export const clusterRangesOf = (construct: IConstruct) => get<string[]>(construct, CLUSTER_RANGES);
export const guardOf = (construct: IConstruct) => get<GuardMark>(construct, GUARD);

function set(construct: Construct, symbol: symbol, mark: unknown): void {
  (construct as any)[symbol] = mark;
  (construct as any)[MARKED] = true;
}

function get<T>(construct: IConstruct, symbol: symbol): T | undefined {
  return (construct as any)[symbol];
}
