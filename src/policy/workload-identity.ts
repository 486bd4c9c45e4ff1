import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { EgressError } from '../errors';
import { kindOf, namespaceOf, objectOf } from '../object-of';

/** Where the spec of the pods stands in each kind of workload. */
const POD_SPEC: { readonly [kind: string]: readonly string[] } = {
  'core/Pod': ['spec'],
  'apps/Deployment': ['spec', 'template', 'spec'],
  'apps/StatefulSet': ['spec', 'template', 'spec'],
  'apps/DaemonSet': ['spec', 'template', 'spec'],
  'batch/Job': ['spec', 'template', 'spec'],
  'batch/CronJob': ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};

const KINDS = ['core/ServiceAccount', 'core/Namespace', ...Object.keys(POD_SPEC)];

/** The service account that pods run as where nothing is said; Kubernetes makes one in each namespace. */
const DEFAULT_ACCOUNT = 'default';

/** The identity under which the workloads of an object call. */
export interface WorkloadIdentity {
  /** What it was read from. */
  readonly object: ApiObject;
  readonly namespace: string;
  /** Undefined for every one of the namespace. */
  readonly serviceAccount?: string;
}

/** @throws WrongType, NamespaceMissing, NotInline */
export function identityOf(where: string, construct: IConstruct): WorkloadIdentity {
  const object = objectOf(where, construct, KINDS);
  if (kindOf(object) === 'core/Namespace') return { object, namespace: object.name };
  const namespace = namespaceOf(object);
  const serviceAccount = kindOf(object) === 'core/ServiceAccount' ? object.name : accountOfPods(object);
  return { object, namespace, serviceAccount };
}

function accountOfPods(object: ApiObject): string {
  const account = givenAccount(object);
  return typeof account === 'string' ? account : notKnown(object, account);
}

function givenAccount(object: ApiObject): unknown {
  const plus = plusWorkload(object);
  if (plus) return plus.serviceAccount ? plus.serviceAccount.name : DEFAULT_ACCOUNT;
  const { serviceAccountName, serviceAccount } = podSpec(object);
  return serviceAccountName || serviceAccount || DEFAULT_ACCOUNT;
}

/**
 * The workload of cdk8s-plus that made an object as its own. It is asked itself: its manifest is not finished before its containers
 * are there, and making that of a workload with `spread` adds to its affinities each time.
 */
function plusWorkload(object: ApiObject): PlusWorkload | undefined {
  const scope = object.node.scope as Partial<PlusWorkload> | undefined;
  const isOne = scope?.apiObject === object && 'serviceAccount' in scope && 'podMetadata' in scope;
  return isOne ? (scope as PlusWorkload) : undefined;
}

interface PlusWorkload {
  readonly apiObject: ApiObject;
  readonly serviceAccount?: { readonly name: unknown };
}

/** The service account of pods, also by `serviceAccount`, the older name of the field in Kubernetes. */
function podSpec(object: ApiObject): { serviceAccountName?: unknown; serviceAccount?: unknown } {
  let value: any;
  try {
    value = object.toJson();
  } catch (error) {
    return notKnown(object, (error as Error).message);
  }
  for (const field of POD_SPEC[kindOf(object)]) value = value?.[field];
  return typeof value === 'object' && value !== null ? value : notKnown(object, value);
}

function notKnown(object: ApiObject, given: unknown): never {
  throw new EgressError('NotInline', object, {
    what: `the service account of this ${object.kind} is not known yet`,
    given,
    allowed: 'a workload with the spec of its pods',
    fix: 'complete it first, or name its service account by EgressClient.serviceAccount',
  });
}
