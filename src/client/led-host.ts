import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { capturedAddresses } from './client-entries';
import { CaptureMark } from '../app/marks';
import { ResolvedPort } from '../destination/egress-port';
import { EgressError } from '../errors';
import { SharedAccountability } from '../exit/accountability';
import { Declaration, isOnTcp } from '../exit/declaration';
import { clientHopId, hostInName } from '../exit/names';
import { objectsOf } from '../mesh/manifest';
import { dottedName } from '../naming';
import { Slot } from '../slot';

type Kind = 'VirtualService' | 'DestinationRule' | 'ServiceEntry';

/** Stands in names where a namespace does, for a host to which the whole mesh is led; no namespace has a dot in its name. */
const EVERYWHERE = 'any.mesh';

/** The hosts of an app to which calls are led, by host, then by the namespace of the callers. */
type Register = Map<string, Map<string, LedHost>>;

const LED = new Slot<Register>('LedHosts');

/** The namespace that holds the objects of a client hop, and the sidecars that follow them. */
export interface ClientHopScope {
  readonly namespace: string;
  /** "." leads the workloads of the namespace, "*" those of the whole mesh. */
  readonly exportTo: '.' | '*';
}

/** A host of a declaration, and the way on which the declaration leads calls to it. */
export interface LedHostProps {
  readonly declaration: Declaration;
  readonly where: ClientHopScope;
  readonly host: string;
  readonly index: number;
  /** Where the calls are led, as a text for comparison and errors. Two declarations of a host agree on it. */
  readonly way: string;
}

/**
 * The objects that lead the calls of one namespace to one host: one set in the whole app, however many declarations there
 * are. Of two VirtualServices for a host a sidecar takes the older, of two ServiceEntries the older one's ports, and two for
 * one TCP address make a listener that Envoy refuses. The objects are written where the host is declared first, under names
 * that follow from the namespace and the host alone.
 */
export abstract class LedHost {
  /** Adds a declaration to the objects that lead the namespace to the host already, or makes these. @throws ClientHopConflict */
  public static join<T extends LedHost>(props: LedHostProps, make: () => T): T {
    const { declaration, where, host, way } = props;
    const register = LED.begin(declaration.scope.node.root, () => new Map());
    const led = register.get(host) ?? new Map<string, LedHost>();
    register.set(host, led);
    const whose = where.exportTo === '*' ? EVERYWHERE : where.namespace;
    const known = led.get(whose);
    const other = known ?? (whose === EVERYWHERE ? [...led.values()][0] : led.get(EVERYWHERE));
    if (other && other !== known) throw overlapping(props, other);
    if (known && known.way !== way) throw conflict(props, known, 'where calls are led', way, known.way);
    const joined = (known as T | undefined) ?? make();
    led.set(whose, joined);
    joined.add(props);
    return joined;
  }

  public readonly namespace: string;
  public readonly host: string;
  public readonly declaredBy: string;
  public readonly way: string;
  /** The addresses at which the namespace's TCP connections to the host are recognised; undefined for any. */
  public captured?: string[];
  private readonly made = new Map<Kind, ApiObject>();
  private readonly known = new Map<number, ResolvedPort>();
  private readonly labels = new Map<string, string>();
  private otherMetadata?: string;
  private accountability?: SharedAccountability;

  /** Not a construct: an app has one for each host and namespace, and each construct has its price. */
  protected constructor(
    protected readonly scope: Construct,
    private readonly props: LedHostProps,
  ) {
    const { where, host, declaration, way } = props;
    this.namespace = where.namespace;
    this.host = host;
    this.declaredBy = declaration.scope.node.path;
    this.way = way;
  }

  /** The ports that are declared, by number. */
  public get ports(): ResolvedPort[] {
    return [...this.known.values()].sort((a, b) => a.port - b.port);
  }

  /** The object of a kind; undefined if the host needs none of it. */
  public object(kind: Kind): ApiObject | undefined {
    return this.made.get(kind);
  }

  /** The TCP connections of the namespace that sidecars capture for the host. */
  public get captures(): CaptureMark[] {
    const { host, captured: addresses } = this;
    return this.ports.filter(({ kind }) => kind === 'tcp').map(({ port }) => ({ host, port, addresses }));
  }

  /** The settings of a port in which all declarations have to agree, because the callers of a namespace share its route. */
  protected abstract agreed(port: ResolvedPort): unknown;

  /** Takes over what a subclass needs of a declaration, and makes the objects that its ports need. */
  protected abstract take(declaration: Declaration): void;

  /** Makes an object once. Its spec is read when everything is declared. */
  protected make(kind: Kind, spec: () => unknown): ApiObject {
    const existing = this.made.get(kind);
    if (existing) return existing;
    const { where, host, index, declaration } = this.props;
    const { namespace } = where;
    const object = objectsOf(this.scope, { namespace, metadata: declaration.metadata })({
      id: clientHopId(namespace, kind, index),
      kind,
      name: dottedName(where.exportTo === '*' ? EVERYWHERE : namespace, hostInName(host)),
      spec,
    });
    this.made.set(kind, object);
    for (const [field, value] of this.labels) label(object, field, value);
    return object;
  }

  /** @throws ClientHopConflict if a declaration disagrees with an earlier one */
  protected checkAgrees(props: LedHostProps, what: string, given: unknown, known: unknown): void {
    if (JSON.stringify(given) !== JSON.stringify(known)) throw conflict(props, this, what, given, known);
  }

  private add(props: LedHostProps): void {
    const { declaration } = props;
    for (const port of declaration.ports) {
      const known = this.known.get(port.port);
      if (known) this.checkAgrees(props, `port ${port.port}`, this.agreed(port), this.agreed(known));
    }
    if (isOnTcp(declaration)) {
      const captured = capturedAddresses(declaration, this.host);
      if (this.captures.length > 0) this.checkAgrees(props, '`addresses`', captured, this.captured);
      this.captured = captured;
    }
    this.addMetadata(props);
    for (const port of declaration.ports) if (!this.known.has(port.port)) this.known.set(port.port, port);
    this.take(declaration);
    if (declaration.accountability) {
      (this.accountability ??= new SharedAccountability()).add(declaration.accountability);
    }
    this.accountability?.write(this.made.values());
  }

  /** Labels and annotations add up; in all else of `metadata` the declarations agree. */
  private addMetadata(props: LedHostProps): void {
    const { labels, annotations, ...rest } = props.declaration.metadata ?? {};
    const others = JSON.stringify(rest);
    if (this.otherMetadata !== undefined) this.checkAgrees(props, '`metadata`', others, this.otherMetadata);
    this.otherMetadata = others;
    const fields = Object.entries({ labels, annotations }).flatMap(([field, entries]) =>
      Object.entries(entries ?? {}).map(([key, value]) => [`${field}.${key}`, value] as const),
    );
    for (const [field, value] of fields) {
      const known = this.labels.get(field);
      if (known === value) continue;
      if (known !== undefined) throw conflict(props, this, `\`metadata.${field}\``, value, known);
      this.labels.set(field, value);
      for (const object of this.made.values()) label(object, field, value);
    }
  }
}

function label({ metadata }: ApiObject, field: string, value: string): void {
  const [kind, ...key] = field.split('.');
  if (kind === 'labels') metadata.addLabel(key.join('.'), value);
  else metadata.addAnnotation(key.join('.'), value);
}

function conflict(
  { declaration, host, where }: LedHostProps,
  known: LedHost,
  what: string,
  given: unknown,
  allowed: unknown,
): EgressError {
  return new EgressError('ClientHopConflict', declaration.scope, {
    what: `the calls of ${where.namespace} to ${host} are led differently by another declaration, in ${what}; all callers of a namespace share one way to a host`,
    given,
    allowed: `what ${known.declaredBy} says: ${JSON.stringify(allowed) ?? 'nothing'}`,
    fix: 'make the two equal, or run the callers in different namespaces',
  });
}

/** The error for a host that is led for the whole mesh and for a namespace by name. */
function overlapping({ declaration, host }: LedHostProps, other: LedHost): EgressError {
  return new EgressError('ClientHopConflict', declaration.scope, {
    what: `the calls to ${host} are led for the whole mesh and for a namespace of its own; sidecars there would take one of the two routes`,
    given: [declaration.scope.node.path, other.declaredBy],
    allowed: 'a host that is led for the whole mesh once, or for named clients',
    fix: 'name all clients; or keep EgressClient.anyInMesh(), and let the named clients do more with `grant` of the exit',
  });
}
