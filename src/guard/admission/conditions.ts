import { literal } from './cel';
import { ADMISSION } from '../../mesh/admission-mark';

/** All that an object of any of the kinds says: most have a spec, the endpoints of Services have fields of their own. */
const CONTENT = '["spec", "subsets", "endpoints", "ports"]';

/**
 * Whether nothing but bookkeeping changes of an object that is being deleted: else nobody could take its finalizers from it. What it
 * says counts for as long as it is there, and a finalizer keeps it there.
 */
const ONLY_GOES = `has(object.metadata.deletionTimestamp) && oldObject != null && ${CONTENT}.all(field, (field in object) == (field in oldObject) && (!(field in object) || object[field] == oldObject[field]))`;

/** Whoever may change a policy can open everything by that. */
export const mayPatch = (policy: string) =>
  `authorizer.group("admissionregistration.k8s.io").resource("validatingadmissionpolicies").name(${literal(policy)}).check("patch").allowed()`;

/**
 * Whether the owner of the policy writes an object of the same app. What a policy knows is of the version in force, and the next one
 * has to pass before it is applied. The annotation keeps apart what the owner writes by hand, which is looked at as everybody's is;
 * the right makes the annotation worth nothing to anybody else.
 */
const owned = (policy: string) =>
  `has(object.metadata.annotations) && ${literal(ADMISSION)} in object.metadata.annotations && object.metadata.annotations[${literal(ADMISSION)}] == ${literal(policy)} && ${mayPatch(policy)}`;

/** What is not looked at. */
export const matchConditions = (policy: string) => [
  { name: 'not-only-going', expression: `!(${ONLY_GOES})` },
  { name: 'not-the-owners', expression: `!(${owned(policy)})` },
];
