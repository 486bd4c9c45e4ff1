import { ApiObject, ApiObjectMetadata, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { Mesh } from './mesh';
import { OwnObject } from './own-object';
import { OWNER, ownerOf } from './owner-mark';
import { EgressError } from '../errors';
import { checkKind } from '../options';

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
 * Makes one manifest as an `ApiObject`, not as one of the generated L1 classes: JSON patches of the user reach every field of it, while those
 * drop the fields that their CRD version does not know.
 *
 * @param id Not made of a host or a name. A construct keeps its children as properties by their ids, and V8 slows down every
 * plain object of a process in which more than some 1,500 objects each begin with a property that no other has
 */
export function manifest(scope: Construct, id: string, props: ManifestProps): ApiObject {
  const mesh = Mesh.of(scope);
  const metadata = {
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
  };
  const { apiVersion, kind, spec, fields } = props;
  return new OwnObject(scope, id, { apiVersion, kind, metadata }, spec, fields);
}

/** Names and namespaces of objects follow the declaration, not its metadata. @throws MetadataReserved, WrongType */
export function checkMetadata(
  scope: Construct,
  metadata: ApiObjectMetadata | undefined,
): ApiObjectMetadata | undefined {
  if (metadata === undefined) return undefined;
  checkKind(scope, 'metadata', metadata, 'json');
  for (const field of ['labels', 'annotations'] as const) {
    if (metadata[field] !== undefined) checkKind(scope, `metadata.${field}`, metadata[field], 'map');
  }
  const reserved = ['name', 'namespace'].filter((field) => metadata[field] !== undefined);
  if (reserved.length > 0) {
    throw new EgressError('MetadataReserved', scope, {
      what: '`metadata` goes to several objects, which cannot share these fields',
      given: reserved,
      allowed: 'labels, annotations and the like',
      fix: 'leave them out: names follow from the exit, the clients and the hosts',
    });
  }
  return metadata;
}
