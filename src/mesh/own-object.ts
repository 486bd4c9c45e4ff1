import { ApiObject, ApiObjectMetadataDefinition, ApiObjectProps, JsonPatch, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { MOST_STORED, tooLarge } from './stored-size';
import { describe } from '../errors';

/** The fields of an object as they are, before cdk8s resolves, sorts and copies them. */
export interface OwnFields {
  readonly metadata: { readonly [field: string]: unknown };
  /** All others but `apiVersion` and `kind`. */
  readonly rest: { readonly [field: string]: unknown };
}

/** The fields of metadata that anybody can add to. */
const KNOWN = new Set(['name', 'namespace', 'labels', 'annotations', 'finalizers', 'ownerReferences']);

/** An object of this library. It can give its fields to `FastApp` without the copies that cdk8s makes of them. */
export class OwnObject extends ApiObject {
  /** Whether an object is one. It asks for the constructor: cdk8s makes `instanceof` true for every `ApiObject`. */
  public static is(object: ApiObject): object is OwnObject {
    return object.constructor === OwnObject;
  }

  private patched = false;

  /**
   * @param spec The spec, which is read at synthesis
   * @param fields Further fields
   */
  public constructor(
    scope: Construct,
    id: string,
    props: ApiObjectProps,
    private readonly spec?: () => unknown,
    private readonly fields?: { [field: string]: unknown },
  ) {
    const lazy = spec && { spec: Lazy.any({ produce: () => storable(this, spec()) }) };
    super(scope, id, { ...props, ...lazy, ...fields });
  }

  public addJsonPatch(...ops: JsonPatch[]): void {
    this.patched = true;
    super.addJsonPatch(...ops);
  }

  /** The fields; undefined if only `toJson` knows what they come to. Whether Kubernetes stores so many of them, `toJson` says as well. */
  public get ownFields(): OwnFields | undefined {
    if (this.patched || this.toJson !== ApiObject.prototype.toJson) return undefined;
    const rest = this.spec ? { ...this.fields, spec: this.spec() } : this.fields;
    return { metadata: metadataOf(this.metadata), rest: rest ?? {} };
  }
}

/**
 * The metadata that `toJson` would give, in less time. `toJson` itself is asked where there are fields that this library does not set.
 */
function metadataOf(metadata: ApiObjectMetadataDefinition): OwnFields['metadata'] {
  const { finalizers, ownerReferences, _additionalAttributes: given } = metadata as any;
  const isUsual = finalizers?.length === 0 && ownerReferences?.length === 0 && given;
  if (!isUsual || Object.keys(given).some((field) => !KNOWN.has(field))) return metadata.toJson();
  const [labels, annotations] = [textsOf((metadata as any).labels), textsOf((metadata as any).annotations)];
  if (!labels || !annotations) return metadata.toJson();
  const { name, namespace } = metadata;
  return { annotations: orNothing(annotations), labels: orNothing(labels), name, namespace };
}

/** A map of texts, with lazy values resolved; undefined if a value is no text. */
function textsOf(map: { [name: string]: unknown } | undefined): Record<string, string> | undefined {
  const texts: Record<string, string> = {};
  for (const name in map) {
    const value = map[name] instanceof Lazy ? (map[name] as Lazy).produce() : map[name];
    if (typeof value === 'string') texts[name] = value;
    else if (value !== undefined) return undefined;
  }
  return map && texts;
}

function orNothing(map: object): object | undefined {
  for (const _ in map) return map;
  return undefined;
}

const FIX = 'split its hosts and rules over several exits, or the clients over several namespaces';

/** A spec, when everything is declared. cdk8s says of what is thrown here that the object cannot be serialized. */
function storable(object: ApiObject, spec: unknown): unknown {
  const { length } = JSON.stringify(spec) ?? '';
  if (length <= MOST_STORED) return spec;
  throw new Error(describe('HostCount', object, tooLarge(`${object.kind} ${object.name}`, length, FIX)));
}
