import { Construct } from 'constructs';
import { checkHostPattern } from '../destination/host';
import { isBelow, isWildcard } from '../destination/host-names';
import { EgressError } from '../errors';

/** The hosts of one exit. A construct's own list of children is made anew whenever it is asked for. */
export class HostsByName<T extends { readonly host: string }> {
  private readonly hosts = new Map<string, T>();

  /** All hosts, in the order in which they were declared. */
  public get all(): T[] {
    return [...this.hosts.values()];
  }

  /** The host that is declared under this name; otherwise one that is made now. */
  public begin(host: string, make: () => T): T {
    const known = this.hosts.get(host) ?? make();
    this.hosts.set(host, known);
    return known;
  }

  /** The objects of a host, written as it may be. @throws NotDeclared */
  public find(scope: Construct, host: string): T {
    const known = this.hosts.get(checkHostPattern(scope, host));
    if (known) return known;
    throw new EgressError('NotDeclared', scope, {
      what: 'no declaration sends this host through this exit',
      given: host,
      allowed: [...this.hosts.keys()].sort().join(', ') || 'nothing: no host is declared',
      fix: 'declare the host before asking for its objects',
    });
  }

  /** The hosts below a wildcard, narrower wildcards included; none for a host that is no wildcard. */
  public below(wildcard: string): string[] {
    return isWildcard(wildcard) ? [...this.hosts.keys()].filter((host) => isBelow(host, wildcard)) : [];
  }
}
