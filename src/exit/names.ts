import { isWildcard } from '../destination/host-names';
import { shorten } from '../naming';

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

/**
 * A server name of the hop as a DNS-1123 label, for the names of subsets and of a Gateway's ports: dashes double, so that no two server
 * names come to one label.
 */
export function hopLabel(serverName: string): string {
  return shorten(serverName.replace(/-/g, '--').replace(/\./g, '-'));
}
