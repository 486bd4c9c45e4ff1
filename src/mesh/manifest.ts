import { ApiObject, ApiObjectMetadata, Chart, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { Mesh } from './mesh';
import { OWNER, ownerOf } from './owner-mark';
import { EgressError } from '../errors';
import { checkKind, checkOptions, Options } from '../options';

/** What every manifest of this library is made from. */
export interface ManifestProps {
  readonly apiVersion: string;
  readonly kind: string;
  /** Undefined for kinds that stand in no namespace. */
  readonly namespace?: string;
  readonly name: string;
  /** The user's labels and annotations; they win over the mesh's. */
  readonly metadata?: ApiObjectMetadata;
  /** The spec, read when the chart is synthesized: by then all declarations are known. */
  readonly spec?: () => unknown;
  /** Top-level fields of kinds without a spec. */
  readonly fields?: { [field: string]: unknown };
}

/**
 * Makes one manifest as a plain `ApiObject`: JSON patches of the user reach every field of it, while the generated L1
 * classes drop the fields that their CRD version does not know.
 *
 * @param id Not made of a host or a name. A construct keeps its children as properties by their ids, and V8 slows down every
 * plain object of a process in which more than some 1,500 objects each begin with a property that no other has
 */
export function manifest(scope: Construct, id: string, props: ManifestProps): ApiObject {
  const mesh = Mesh.of(scope);
  return new ApiObject(scope, id, {
    apiVersion: props.apiVersion,
    kind: props.kind,
    metadata: {
      ...props.metadata,
      namespace: props.namespace,
      name: props.name,
      // What is nearer wins: the mesh's, the chart's, then the object's own.
      labels: { ...mesh._labels, ...Chart.of(scope).labels, ...props.metadata?.labels },
      annotations: {
        ...mesh._annotations,
        [OWNER]: ownerOf(scope, props.apiVersion, props.kind),
        ...props.metadata?.annotations,
      },
    },
    ...(props.spec && { spec: Lazy.any({ produce: props.spec }) }),
    ...props.fields,
  });
}

/** What users can say of objects. `ApiObjectMetadata` itself takes any field, and a misspelled one would be written as it is. */
const METADATA: Options<Pick<ApiObjectMetadata, 'labels' | 'annotations' | 'finalizers' | 'ownerReferences'>> = {
  labels: 'map',
  annotations: 'map',
  finalizers: 'texts',
  ownerReferences: 'list',
};

/**
 * Names and namespaces of objects follow the declaration, not its metadata.
 * @throws MetadataReserved, WrongType, OptionUnknown
 */
export function checkMetadata(
  scope: Construct,
  metadata: ApiObjectMetadata | undefined,
): ApiObjectMetadata | undefined {
  if (metadata === undefined) return undefined;
  checkKind(scope, 'metadata', metadata, 'json');
  const reserved = ['name', 'namespace'].filter((field) => metadata[field] !== undefined);
  if (reserved.length > 0) {
    throw new EgressError('MetadataReserved', scope, {
      what: '`metadata` goes to several objects, which cannot share these fields',
      given: reserved,
      allowed: 'labels, annotations and the like',
      fix: 'leave them out: names follow from the exit, the clients and the hosts',
    });
  }
  return checkOptions(scope, metadata, METADATA);
}
