import { isWildcard } from '../destination/host';
import { shorten } from '../naming';

/** The first labels of all server names for service accounts, and for whole namespaces. */
const FOR_ACCOUNTS = 'sa';
const FOR_NAMESPACE = 'ns';

/** What a policy says of all server names for service accounts. */
export const EVERY_NAME_FOR_ACCOUNTS = `${FOR_ACCOUNTS}.*`;

/** What a policy says of all server names for a namespace. */
export const everyNameForNamespace = (namespace: string) => `${FOR_NAMESPACE}.${namespace}.*`;

/** A port of a host in one name, "5432.db.example.com". The number in front keeps the ports of a host apart. */
export function portName(host: string, port: number): string {
  return isWildcard(host) ? `${port}-any${host.slice(1)}` : `${port}.${host}`;
}

/**
 * The server name of the hop's own TLS for a port whose bytes are not read. It tells the exit which host and port is meant, and
 * who is let through: service accounts, as "sa.5432.db.example.com", or all of a namespace, as "ns.shop.5432.db.example.com".
 * Each has a server of its own at the exit, because the one is checked in the handshake, the other by a policy.
 */
export function hopServerName(host: string, port: number, namespace?: string): string {
  const who = namespace === undefined ? FOR_ACCOUNTS : `${FOR_NAMESPACE}.${namespace}`;
  return `${who}.${portName(host, port)}`;
}

/** What server names of the hop are like, in JavaScript and in RE2. */
export const LIKE_SERVER_NAME = `^(${FOR_ACCOUNTS}|${FOR_NAMESPACE}\\.[^.]+)\\.[0-9]+(-any)?\\.`;

/** Whether a name could be a server name of the hop. */
export function isLikeServerName(name: string): boolean {
  return new RegExp(LIKE_SERVER_NAME).test(name);
}

/** The same as a DNS-1123 label, for subsets and ports: dashes double, so that no two server names come to one label. */
export function hopLabel(serverName: string): string {
  return shorten(serverName.replace(/-/g, '--').replace(/\./g, '-'));
}

/**
 * A host as a part of an object's name, in which no "*" can stand: "*.example.com" is "any.example.com" there. Hosts whose first label
 * could be taken for that, or for the port in front of another host, get "-host" behind it, so that no two hosts have one name.
 */
export function hostInName(host: string): string {
  if (isWildcard(host)) return `any${host.slice(1)}`;
  return host.replace(/^((any|\d+)(-host)*)\./, '$1-host.');
}

/** The id of an object that leads a namespace's calls, below the declaration. */
export function clientHopId(namespace: string, ...parts: (string | number)[]): string {
  return [`client-${namespace}`, ...parts].join(' ');
}
