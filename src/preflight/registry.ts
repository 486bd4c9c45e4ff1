import { byAge, Ours } from './age';
import { HostEntry } from '../model/host-entry';
import { covers, isWildcard } from '../model/hosts';
import { Protocol } from '../model/protocol';
import { Value } from '../model/value';

/**
 * Which Service or ServiceEntry a proxy takes a host for, decided as istiod decides it where several claim one host.
 *
 * @see selectServices and appendSidecarServices in istio/istio, pilot/pkg/model/sidecar.go
 */
export class Registry {
  private readonly exact = new Map<string, HostEntry[]>();
  private readonly wildcards: HostEntry[] = [];
  private readonly httpPorts = new Map<number, HostEntry[]>();

  public constructor(entries: Iterable<HostEntry>, ours: Ours) {
    for (const entry of byAge(entries, ours)) {
      if (isWildcard(entry.host)) this.wildcards.push(entry);
      else push(this.exact, entry.host, entry);
      for (const { number, protocol } of entry.ports) if (protocol === 'http') push(this.httpPorts, number, entry);
    }
  }

  /** All that claim exactly this host, the oldest first. */
  public claims(host: string): HostEntry[] {
    return isWildcard(host) ? this.wildcards.filter((entry) => entry.host === host) : (this.exact.get(host) ?? []);
  }

  /** Those whose pattern covers the host. */
  public patternsFor(host: string): HostEntry[] {
    return this.wildcards.filter((entry) => covers(entry.host, host));
  }

  /**
   * What sidecars of a namespace take a host for: entries of one namespace, their own before others', a Kubernetes Service
   * before ServiceEntries, then the oldest.
   */
  public forSidecar(
    namespace: string,
    host: string,
    imported: (entry: HostEntry) => boolean = () => true,
  ): HostEntry[] {
    const visible = inOrder(this.claims(host), namespace).filter(imported);
    let chosen: HostEntry | undefined;
    for (const entry of visible) {
      if (!chosen || entry.namespace === namespace) chosen = entry;
      else if (!chosen.kubernetes && entry.kubernetes && chosen.namespace !== namespace) chosen = entry;
    }
    return visible.filter((entry) => entry.namespace === chosen?.namespace);
  }

  /**
   * What a gateway of a namespace takes a host for: what is exported to few goes before what all see. Further entries of
   * the same kind add their ports to the first.
   */
  public forGateway(namespace: string, host: string): HostEntry[] {
    const visible = inOrder(this.claims(host), namespace);
    const first = visible.find((entry) => entry.kubernetes) ?? visible[0];
    return first ? [first, ...visible.filter((entry) => entry !== first && joins(first, entry))] : [];
  }

  /**
   * Whether sidecars of a namespace listen for HTTP on a port at all: some host with such a port has to be visible to them.
   */
  public listensForHttp(
    namespace: string,
    port: number,
    imported: (entry: HostEntry) => boolean = () => true,
  ): boolean {
    return (this.httpPorts.get(port) ?? []).some((entry) => entry.exportTo.reaches(namespace) && imported(entry));
  }
}

/** What several entries of a namespace say of one port of a host. */
export function protocolsOf(entries: HostEntry[], port: number): Protocol[] {
  return entries.flatMap(({ ports }) => ports.filter(({ number }) => number === port).map(({ protocol }) => protocol));
}

/** @see canMergeServices in istio/istio, pilot/pkg/model/sidecar.go */
function joins(a: HostEntry, b: HostEntry): boolean {
  const scope = ({ exportTo }: HostEntry) => (exportTo.everywhere ? '*' : [...exportTo.namespaces].sort().join());
  const labels = ({ manifest }: HostEntry) => new Value(manifest.labels).canonical;
  return (
    !a.kubernetes &&
    !b.kubernetes &&
    a.namespace === b.namespace &&
    a.resolution === b.resolution &&
    scope(a) === scope(b) &&
    labels(a) === labels(b)
  );
}

function inOrder(entries: HostEntry[], namespace: string): HostEntry[] {
  const visible = entries.filter((entry) => entry.exportTo.reaches(namespace));
  return [
    ...visible.filter((entry) => !entry.exportTo.everywhere),
    ...visible.filter((entry) => entry.exportTo.everywhere),
  ];
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
