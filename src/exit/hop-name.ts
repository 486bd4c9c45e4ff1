import { isWildcard } from '../destination/host';
import { shorten } from '../naming';

/**
 * The server name of the hop's own TLS for a port whose bytes are not read: it tells the exit which host and port is meant,
 * "5432.db.example.com". The number in front keeps the ports of a host apart, and apart from every name that somebody owns.
 */
export function hopServerName(host: string, port: number): string {
  return isWildcard(host) ? `${port}-any${host.slice(1)}` : `${port}.${host}`;
}

/** The same as a DNS-1123 label, for subsets and ports: dashes double, so that no two server names come to one label. */
export function hopLabel(serverName: string): string {
  return shorten(serverName.replace(/-/g, '--').replace(/\./g, '-'));
}

/** A host as a part of an object's name, in which no "*" can stand. */
export function hostInName(host: string): string {
  return isWildcard(host) ? `any${host.slice(1)}` : host;
}
