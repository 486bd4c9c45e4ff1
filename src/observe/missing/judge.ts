import { LogLine } from './log-line';
import { authority, dnsName, endpoint, kubernetesName } from './names';
import { parseServerName } from '../../exit/server-names';

/** Who calls: a service account, or a namespace of which no more is known. */
export interface Caller {
  readonly namespace: string;
  readonly serviceAccount?: string;
}

/** How a call was seen: by its Host header, by the server name of TLS, or as bytes to an address. */
export type CallKind = 'http' | 'tls' | 'tcp';

/** What a line says is missing. */
export type Missing =
  /** A call to the outside that nothing declares. */
  | {
      readonly what: 'declaration';
      readonly caller: Caller;
      readonly kind: CallKind;
      readonly host?: string;
      readonly address?: string;
      readonly port: number;
      readonly refused: boolean;
      /** Whether a ServiceEntry led it straight out. */
      readonly direct: boolean;
    }
  /** A call in the cluster. */
  | { readonly what: 'inCluster'; readonly caller: Caller; readonly namespace: string }
  /** A call to the Kubernetes API, which runs in no namespace. */
  | { readonly what: 'kubernetesApi'; readonly caller: Caller }
  /** A call that an exit refused, or would have. */
  | {
      readonly what: 'client';
      readonly caller?: Caller;
      readonly kind: CallKind;
      readonly host: string;
      readonly port: number;
      readonly refused: boolean;
    };

/** What the command's options say besides the lines. */
export interface Circumstances {
  /** For lines that do not say whose they are. */
  readonly namespace?: string;
  readonly serviceAccount?: string;
  /** Namespaces of exits: calls to them are declared. */
  readonly exits: string[];
  readonly clusterDomain: string;
}

/** The caller is needed, and neither the line nor the options say it. */
export const UNKNOWN_CALLER = 'unknown caller';

/** What a line says is missing, or why that is unknown; undefined if nothing is missing. */
export type Verdict = Missing | typeof UNKNOWN_CALLER | undefined;

/** What is missing for a call to be let through by a guard; undefined if nothing is. */
export function judge(line: LogLine, given: Circumstances): Verdict {
  if (line.cluster?.startsWith('inbound|') || line.cluster === 'InboundPassthroughCluster') return undefined;
  if (isExit(line, given)) return atExit(line);
  const to = endpoint(line.destination);
  const known = /^outbound\|(?<port>\d+)\|[^|]*\|(?<host>[^;]+);?$/.exec(line.cluster ?? '')?.groups;
  const caller = callerOf(line, given);
  if (known) {
    const service = inCluster(known.host, given.clusterDomain);
    if (service && (given.exits.includes(service.namespace) || isDns(service))) return undefined;
    if (!caller) return UNKNOWN_CALLER;
    if (service) return toService(caller, service);
    const host = dnsName(known.host);
    const base = { what: 'declaration', caller, host, port: Number(known.port), refused: false, direct: true } as const;
    return host ? { ...base, kind: kindOf(line) } : undefined;
  }
  const refused = line.cluster === 'BlackHoleCluster' || line.route === 'block_all';
  if (!refused && line.cluster !== 'PassthroughCluster') return undefined;
  if (!to) return undefined;
  if (!caller) return UNKNOWN_CALLER;
  const name = kindOf(line) === 'http' ? authority(line.authority).host : line.serverName;
  const service = name === undefined ? undefined : inCluster(name, given.clusterDomain);
  if (service) return toService(caller, service);
  const host = dnsName(name);
  return { what: 'declaration', caller, kind: kindOf(line), host, ...to, refused, direct: false };
}

/** Exits know their callers, and are called by names of the hop. */
function isExit(
  { namespace, caller, serverName = '', cluster = '', ...line }: LogLine,
  { exits }: Circumstances,
): boolean {
  if (caller !== undefined || serverName.startsWith('outbound_.')) return true;
  if (namespace !== undefined && exits.includes(namespace)) return true;
  const asked = parseServerName(serverName);
  return asked !== undefined && (isRefusal(line) || cluster.endsWith(`|${asked.host}`));
}

/** What lets an observed namespace through: policies called exit, namespace and "observed". */
const LETS_OBSERVED_PASS = /-policy\[[^.\]]+\.[^.\]]+\.observed\]-rule/;

function atExit(line: LogLine): Verdict {
  const refused = isRefusal(line);
  const caller = callerByIdentity(line.caller);
  // Trials know the grants of observed namespaces alone: of other callers they say nothing.
  const wouldBe = line.trial === 'denied' && LETS_OBSERVED_PASS.test(line.policy ?? '');
  if (!refused && !wouldBe) return undefined;
  if (line.method !== undefined) {
    const { host, port = 80 } = authority(line.authority);
    const name = dnsName(host);
    return name === undefined ? undefined : { what: 'client', caller, kind: 'http', host: name, port, refused };
  }
  const asked = parseServerName((line.serverName ?? '').toLowerCase().replace(/\.$/, ''));
  if (!asked || dnsName(asked.host.replace(/^\*\./, '')) === undefined) return undefined;
  return { what: 'client', caller, kind: 'tcp', ...asked, refused };
}

/** By a policy, or in the handshake of a server that takes others only. */
function isRefusal({ details, termination, handshake }: LogLine): boolean {
  // A client that hangs up fails a handshake too.
  if (handshake?.includes('CERTIFICATE_VERIFY_FAILED')) return true;
  return [details, termination].some((text) => text?.startsWith('rbac_access_denied'));
}

function callerOf(line: LogLine, given: Circumstances): Caller | undefined {
  const namespace = kubernetesName(line.namespace) ?? given.namespace;
  const serviceAccount = kubernetesName(line.serviceAccount) ?? given.serviceAccount;
  return namespace === undefined ? undefined : { namespace, serviceAccount };
}

function callerByIdentity(identity: string | undefined): Caller | undefined {
  const match = /^spiffe:\/\/[^/]+\/ns\/(?<namespace>[^/]+)\/sa\/(?<account>[^/,]+)/.exec(identity ?? '');
  const namespace = kubernetesName(match?.groups!.namespace);
  const serviceAccount = kubernetesName(match?.groups!.account);
  return namespace === undefined ? undefined : { namespace, serviceAccount };
}

function kindOf({ method, serverName }: LogLine): CallKind {
  if (method !== undefined) return 'http';
  return serverName === undefined ? 'tcp' : 'tls';
}

interface Service {
  readonly name: string;
  readonly namespace: string;
}

/** A Service by its full name, or the shorter one that ends in "svc". */
function inCluster(host: string, clusterDomain: string): Service | undefined {
  const short = host.toLowerCase().replace(new RegExp(`\\.${clusterDomain.replace(/\./g, '\\.')}$`), '');
  const [name, namespace, svc, ...rest] = short.split('.');
  const known = svc === 'svc' && rest.length === 0 && kubernetesName(namespace) !== undefined;
  return known ? { name, namespace } : undefined;
}

/** Every guard opens the cluster's DNS. */
const isDns = ({ name, namespace }: Service) => name === 'kube-dns' && namespace === 'kube-system';

/** The Service of the Kubernetes API has no pods: opening its namespace opens nothing. */
const toService = (caller: Caller, { name, namespace }: Service): Missing =>
  name === 'kubernetes' && namespace === 'default'
    ? { what: 'kubernetesApi', caller }
    : { what: 'inCluster', caller, namespace };
