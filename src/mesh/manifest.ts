import { ApiObject, ApiObjectMetadata, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { ADMISSION, admissionMark } from './admission-mark';
import { Mesh } from './mesh';
import { OwnObject } from './own-object';
import { EgressError } from '../errors';
import { checkKind, checkOptions, Options } from '../options';

/** The API versions of what this library makes. */
const API_VERSIONS = {
  AuthorizationPolicy: 'security.istio.io/v1',
  ConfigMap: 'v1',
  Deployment: 'apps/v1',
  DestinationRule: 'networking.istio.io/v1',
  Gateway: 'networking.istio.io/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  Namespace: 'v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  PeerAuthentication: 'security.istio.io/v1',
  PodDisruptionBudget: 'policy/v1',
  Role: 'rbac.authorization.k8s.io/v1',
  RoleBinding: 'rbac.authorization.k8s.io/v1',
  Service: 'v1',
  ServiceAccount: 'v1',
  ServiceEntry: 'networking.istio.io/v1',
  Sidecar: 'networking.istio.io/v1',
  Telemetry: 'telemetry.istio.io/v1',
  ValidatingAdmissionPolicy: 'admissionregistration.k8s.io/v1',
  ValidatingAdmissionPolicyBinding: 'admissionregistration.k8s.io/v1',
  VirtualService: 'networking.istio.io/v1',
};

/** The kinds of objects that this library makes. */
export type ObjectKind = keyof typeof API_VERSIONS;

/** What the objects of one owner have in common. */
export interface ObjectOwner {
  /** Undefined for kinds that stand in no namespace. */
  readonly namespace?: string;
  /** The user's labels and annotations; they win over the mesh's. */
  readonly metadata?: ApiObjectMetadata;
}

/** What one object is made from. */
export interface ObjectProps {
  readonly kind: ObjectKind;
  readonly name: string;
  /**
   * Id of the construct, unique among the objects of its scope. Not made of a host or a name: a construct keeps its children as
   * properties by their ids, and V8 slows down every plain object of a process in which more than some 1,500 objects each begin with
   * a property that no other has.
   *
   * @default - the kind
   */
  readonly id?: string;
  /** @default - the one of the kind; a Gateway is Istio's */
  readonly apiVersion?: string;
  /** Annotations of this object alone. */
  readonly annotations?: { [key: string]: string };
  /** The spec, read when the chart is synthesized: by then all declarations are known. */
  readonly spec?: () => unknown;
  /** Top-level fields of kinds without a spec. */
  readonly fields?: { [field: string]: unknown };
}

/**
 * Makes the objects of an owner, each as an `ApiObject`, not as one of the generated L1 classes: JSON patches of the user reach every field
 * of it, while those drop the fields that their CRD version does not know.
 */
export function objectsOf(scope: Construct, { namespace, metadata }: ObjectOwner): (props: ObjectProps) => ApiObject {
  const mesh = Mesh.of(scope);
  return ({ kind, name, id = kind, apiVersion = API_VERSIONS[kind], annotations, spec, fields }) => {
    const all = {
      ...metadata,
      namespace,
      name,
      // Later entries win: the mesh's labels first, then the chart's, then the object's own.
      labels: { ...mesh._labels, ...Chart.of(scope).labels, ...metadata?.labels },
      annotations: {
        ...mesh._annotations,
        [ADMISSION]: admissionMark(scope, apiVersion, kind),
        ...metadata?.annotations,
        ...annotations,
      },
    };
    return new OwnObject(scope, id, { apiVersion, kind, metadata: all }, spec, fields);
  };
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
