import { ApiObject } from 'cdk8s';
import { literal } from './cel';
import { mayPatch } from './conditions';

/** What keeps namespaces closed, and what would open them. */
export interface Kept {
  /** The admission policy whose owner may do everything. */
  readonly policy: string;
  /** Objects of guards that enforce. */
  readonly objects: ApiObject[];
  /** Namespaces that nobody else may exempt; undefined for all. */
  readonly namespaces?: string[];
  readonly exemption: { readonly key: string; readonly value: string };
}

const RESOURCES: { [kind: string]: string } = {
  NetworkPolicy: 'networkpolicies',
  Sidecar: 'sidecars',
  Telemetry: 'telemetries',
  ServiceEntry: 'serviceentries',
};

const UPDATE_OR_DELETE = ['UPDATE', 'DELETE'];

/** Kubernetes' own controllers empty namespaces that are deleted. */
const CONTROLLERS = [
  'system:kube-controller-manager',
  'system:serviceaccount:kube-system:namespace-controller',
  'system:serviceaccount:kube-system:generic-garbage-collector',
];

/**
 * Whether nothing but bookkeeping changes. Labels tell istiod which revision of it an object is for, and others do not read it; and
 * Kubernetes deletes what belongs to an owner that is gone.
 */
const SAYS_THE_SAME = [
  'object.spec == oldObject.spec',
  ...['labels', 'ownerReferences'].map(
    (field) =>
      `(has(object.metadata.${field}) ? object.metadata.${field} : null) == (has(oldObject.metadata.${field}) ? oldObject.metadata.${field} : null)`,
  ),
].join(' && ');

/** Where many are deleted at once, the request has no name. */
const KEPT =
  '(request.resource.resource + "/" + oldObject.metadata.namespace + "/" + oldObject.metadata.name) in variables.kept';

/** A policy that leaves the guards' own objects, and the label that exempts namespaces, to whoever owns the admission policy. */
export function keptObjects({ policy, objects, namespaces, exemption }: Kept) {
  const kept = Object.fromEntries(
    objects.map(({ kind, name, metadata }) => [`${RESOURCES[kind]}/${metadata.namespace}/${name}`, true]),
  );
  const exempts = (object: string) =>
    `(has(${object}.metadata.labels) && ${literal(exemption.key)} in ${object}.metadata.labels && ${object}.metadata.labels[${literal(exemption.key)}] == ${literal(exemption.value)})`;
  const isNamespace = 'request.resource.resource == "namespaces"';
  const named = namespaces ? `request.name in ${literal(namespaces)} && ` : '';
  return {
    failurePolicy: 'Fail',
    matchConstraints: {
      resourceRules: [
        rule('networking.k8s.io', ['networkpolicies'], UPDATE_OR_DELETE),
        rule('networking.istio.io', ['sidecars', 'serviceentries'], UPDATE_OR_DELETE),
        rule('telemetry.istio.io', ['telemetries'], UPDATE_OR_DELETE),
        // Labels of a namespace can be written together with its status, and where its finalizers are.
        rule('', ['namespaces', 'namespaces/status', 'namespaces/finalize'], ['CREATE', 'UPDATE']),
      ],
    },
    matchConditions: [
      { name: 'not-kubernetes-own', expression: `!(request.userInfo.username in ${literal(CONTROLLERS)})` },
      { name: 'not-the-owners', expression: `!(${mayPatch(policy)})` },
    ],
    variables: [{ name: 'kept', expression: literal(kept) }],
    validations: [
      {
        expression: `${isNamespace} || !(${KEPT}) || (request.operation == "UPDATE" && ${SAYS_THE_SAME})`,
        message: 'changes or deletes what keeps this namespace closed; whoever owns the guard does that',
        reason: 'Forbidden',
      },
      {
        expression: `!(${isNamespace}) || !(${named}${exempts('object')}) || (oldObject != null && ${exempts('oldObject')})`,
        message: 'exempts a namespace from the guards; whoever owns them does that',
        reason: 'Forbidden',
      },
    ],
  };
}

const rule = (group: string, resources: string[], operations: string[]) => ({
  apiGroups: [group],
  apiVersions: ['*'],
  operations,
  resources,
});
