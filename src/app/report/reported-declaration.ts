import { ReportedPort, reportPort } from './reported-port';
import { ReportedRule, reportRule } from './reported-rule';
import { Accountability } from '../../exit/accountability';
import { Declared } from '../records';

/** Which proxies an exit consists of. */
export enum ReportedExitKind {
  /** Pods of an egress gateway. */
  GATEWAY = 'gateway',

  /** Pods of a waypoint, for the ambient mesh. */
  WAYPOINT = 'waypoint',

  /** The callers' own sidecars. Nothing is enforced there. */
  SIDECAR = 'sidecar',
}

/** Who may call. */
export interface ReportedClient {
  /** As "payments/checkout", "payments/*" for a whole namespace, or "*" for the whole mesh. */
  readonly name: string;

  /**
   * Its namespace.
   * @default - the whole mesh
   */
  readonly namespace?: string;

  /**
   * Its service account.
   * @default - every one
   */
  readonly serviceAccount?: string;
}

/** Where calls leave the mesh. */
export interface ReportedExit {
  /** Which proxies it consists of. */
  readonly kind: ReportedExitKind;

  /** Its namespace; empty for the callers' own sidecars. */
  readonly namespace: string;

  /** Its name. */
  readonly name: string;

  /** Whether another app makes it, and grants what is declared. */
  readonly imported: boolean;

  /** Whether somebody else than the caller's own namespace decides what passes: not at sidecars and delegated waypoints. */
  readonly decidesForOthers: boolean;

  /**
   * The forward proxy through which it connects to every host, as "host:port".
   * @default - it connects by itself
   */
  readonly connectProxy?: string;
}

/** A declaration, or a grant of an exit's owner: who may reach which hosts, through which exit, and how. */
export interface ReportedDeclaration extends Accountability {
  /** Path of the construct that declares. */
  readonly path: string;

  /** Who may call, sorted by name. */
  readonly clients: ReportedClient[];

  /** Where the calls leave the mesh. */
  readonly exit: ReportedExit;

  /** The hosts that applications call, in the order of the declaration. */
  readonly hosts: string[];

  /**
   * The external host that the declared one is a name of our own for.
   * @default - the hosts themselves, or another app says it
   */
  readonly upstreamHost?: string;

  /**
   * Addresses at which the exit reaches the hosts.
   * @default - where their names lead, or another app says it
   */
  readonly endpoints?: string[];

  /**
   * Addresses by which sidecars recognise a host on TCP ports.
   * @default - a virtual address, or every address on the port
   */
  readonly addresses?: string[];

  /** The ports, by number. */
  readonly ports: ReportedPort[];

  /** Which HTTP calls pass, in the order of the declaration; none where every call does, and beside an imported exit, whose owner has them. */
  readonly rules: ReportedRule[];

  /**
   * Whether Envoy tells the external host, in `x-envoy-original-host`, what the application called, unless an annotation of the
   * pods or the mesh forbids it.
   */
  readonly tellsCalledName: boolean;
}

const KINDS = {
  gateway: ReportedExitKind.GATEWAY,
  waypoint: ReportedExitKind.WAYPOINT,
  sidecar: ReportedExitKind.SIDECAR,
};

/** A declaration, as reports say it. What happens beyond somebody else's exit is its owner's to say. */
export function reportDeclaration({ exit, declaration }: Declared): ReportedDeclaration {
  const { scope, clients, hosts, ports, addresses, rules, upstreamHost, upstream, accountability } = declaration;
  const here = exit._grantsHere;
  return {
    path: scope.node.path,
    clients: clients.map((client) => ({
      name: `${client}`,
      namespace: client.namespaceName,
      serviceAccount: client.serviceAccountName,
    })),
    exit: reportExit({ exit, declaration }),
    hosts: [...hosts],
    upstreamHost: here ? upstreamHost : undefined,
    endpoints: here ? upstream.endpoints?.map(({ address }) => address) : undefined,
    addresses: addresses && [...addresses],
    ports: ports.map((port) => reportPort(exit, port)),
    rules: here ? rules.map(reportRule) : [],
    tellsCalledName: exit._tellsCalledName(declaration),
    ...accountability,
  };
}

function reportExit({ exit, declaration }: Declared): ReportedExit {
  const { namespace, exitName: name } = exit;
  const proxy = exit._address(declaration.scope)?.connectProxy;
  return {
    kind: KINDS[exit._kind],
    namespace,
    name,
    imported: !exit._grantsHere,
    decidesForOthers: exit._decidesForOthers,
    connectProxy: proxy && `${proxy.host}:${proxy.port}`,
  };
}
