import { ApiObjectMetadata } from 'cdk8s';
import { EgressExit } from '../exit/egress-exit';
import { Options } from '../options';
import { GuardMode } from './guard-mode';

/** Properties of an admission guard. */
export interface AdmissionGuardProps {
  /**
   * What becomes of hand-written ways out in namespaces that no `EgressGuard` keeps in a mode of its own.
   * @default GuardMode.ENFORCE
   */
  readonly mode?: GuardMode;

  /**
   * Namespaces of the platform's, in which anything may be written. Those of the app's exits, of the ingress gateways through
   * which it publishes hosts, and Istio's root namespace are among them in any case.
   * @default - no others
   */
  readonly platformNamespaces?: string[];

  /**
   * Exits that other repos make, which are protected as the app's own are.
   * @default - none
   */
  readonly exits?: EgressExit[];

  /**
   * Ranges of addresses of the cluster's pods, Services and nodes: endpoints that somebody writes by hand may have these.
   * @default - those that the app's guards are given
   */
  readonly clusterRanges?: string[];

  /**
   * Users that may write the endpoints of Services whatever they are, such as controllers of several clusters, as
   * "system:serviceaccount:namespace:name".
   * @default - Kubernetes' own controllers
   */
  readonly endpointWriters?: string[];

  /**
   * Hosts from which istiod may fetch the keys of tokens (RequestAuthentication), as "accounts.google.com", with the port where the
   * address has one.
   * @default - none; keys that are written into the object, and those of the cluster's Services, need no host
   */
  readonly identityProviders?: string[];

  /**
   * Label that exempts a namespace, as "key=value". Once a guard enforces, only whoever may patch the policy
   * can put it on a namespace of the guards', and with `mode` ENFORCE on any.
   * @default "egress-guard=exempt"
   */
  readonly exemptionLabel?: string;

  /**
   * Labels and annotations for all objects.
   * @default - none
   */
  readonly metadata?: ApiObjectMetadata;

  /**
   * Name of the policy, and the beginning of the names of its bindings.
   * @default "egress-guard"
   */
  readonly name?: string;
}

/** What each takes. */
export const ADMISSION_GUARD: Options<AdmissionGuardProps> = {
  mode: 'checked',
  platformNamespaces: 'list',
  exits: 'list',
  clusterRanges: 'list',
  endpointWriters: 'texts',
  identityProviders: 'texts',
  exemptionLabel: 'text',
  metadata: 'checked',
  name: 'checked',
};
