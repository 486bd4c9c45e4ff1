import { ResolvedPort } from '../destination/egress-port';
import { Upstream } from '../destination/upstream';
import { EgressError } from '../errors';
import { Declaration } from '../exit/declaration';

/**
 * What all declarations of a host at an exit agree on: where it really is, how to connect to it, and its ports. Its clients
 * share one route, so that the declarations have to agree.
 */
export class AgreedHost {
  /** Where the host really is: the host itself, unless it is a name of our own. */
  public readonly upstreamHost: string;
  /** How to connect to it. */
  public readonly upstream: Upstream;
  private readonly declaredBy: string;
  private readonly known = new Map<number, ResolvedPort>();

  /** @param first The declaration that names the host first; it is still to be added */
  public constructor(
    public readonly host: string,
    first: Declaration,
  ) {
    this.upstream = first.upstream;
    this.upstreamHost = first.upstreamHost ?? host;
    this.declaredBy = first.scope.node.path;
  }

  /** The ports that are declared, by number. */
  public get ports(): ResolvedPort[] {
    return [...this.known.values()].sort((a, b) => a.port - b.port);
  }

  /**
   * Takes in a declaration of the host.
   *
   * @param isNew Called for each port that no declaration has named before, when it is not among the ports yet
   * @throws DestinationConflict if it disagrees with an earlier one
   */
  public add(declaration: Declaration, isNew: (port: ResolvedPort) => void = () => undefined): void {
    this.checkAgrees(declaration, 'upstreamHost', declaration.upstreamHost ?? this.host, this.upstreamHost);
    this.checkAgrees(declaration, 'upstream', declaration.upstream, this.upstream);
    for (const port of declaration.ports) {
      const known = this.known.get(port.port);
      if (known) this.checkPort(declaration, port, known);
      else isNew(port);
      this.known.set(port.port, port);
    }
  }

  private checkPort(declaration: Declaration, port: ResolvedPort, known: ResolvedPort): void {
    const [given, before] = [port, known] as unknown as { [field: string]: unknown }[];
    for (const field of new Set([...Object.keys(before), ...Object.keys(given)])) {
      this.checkAgrees(declaration, `${field} of port ${port.port}`, given[field], before[field]);
    }
  }

  private checkAgrees({ scope }: Declaration, what: string, given: unknown, known: unknown): void {
    if (JSON.stringify(given) === JSON.stringify(known)) return;
    throw new EgressError('DestinationConflict', scope, {
      what: `${this.host} is declared differently on the same exit, in ${what}; all clients of a host share its route`,
      given,
      allowed: `what ${this.declaredBy} says: ${JSON.stringify(known) ?? 'nothing'}`,
      fix: 'make the two equal, or send one of them through an exit of its own',
    });
  }
}
