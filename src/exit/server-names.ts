import { isWildcard } from '../destination/host-names';

/** The first labels of all server names for service accounts, and for whole namespaces. */
const FOR_ACCOUNTS = 'sa';
const FOR_NAMESPACE = 'ns';

/** The pattern by which a policy matches all server names for service accounts. */
export const EVERY_NAME_FOR_ACCOUNTS = `${FOR_ACCOUNTS}.*`;

/** The pattern by which a policy matches all server names for a namespace. */
export const everyNameForNamespace = (namespace: string) => `${FOR_NAMESPACE}.${namespace}.*`;

/** A port of a host in one name, "5432.db.example.com". The number in front keeps the ports of a host apart. */
export function portName(host: string, port: number): string {
  return isWildcard(host) ? `${port}-any${host.slice(1)}` : `${port}.${host}`;
}

/**
 * The server name (SNI) of the mutual TLS in which a sidecar connects to the exit for an opaque port. It tells the exit which host and
 * port is meant, and which kind of client calls: service accounts, as "sa.5432.db.example.com", or all of a namespace, as "ns.shop.5432.db.example.com".
 * Each has a server of its own on the exit's Gateway: that for accounts checks the caller in the handshake, that for a namespace leaves
 * it to a policy.
 */
export function hopServerName(host: string, port: number, namespace?: string): string {
  const who = namespace === undefined ? FOR_ACCOUNTS : `${FOR_NAMESPACE}.${namespace}`;
  return `${who}.${portName(host, port)}`;
}

/** What server names of the hop begin with, in JavaScript and in RE2; the port is the first group, and whether it is a wildcard's the second. */
export const LIKE_SERVER_NAME = `^(?:${FOR_ACCOUNTS}|${FOR_NAMESPACE}\\.[^.]+)\\.([0-9]{1,5})(-any)?\\.`;

const SERVER_NAME = new RegExp(`${LIKE_SERVER_NAME}(.+)$`);

/** The host and port for which a server name of the hop stands. */
export interface AskedFor {
  /** The host, as it is declared. */
  readonly host: string;
  readonly port: number;
}

/** Reads a server name of the hop; undefined for any other name. */
export function parseServerName(name: string): AskedFor | undefined {
  const [, port, any, host] = SERVER_NAME.exec(name) ?? [];
  return host === undefined ? undefined : { host: any ? `*.${host}` : host, port: Number(port) };
}
