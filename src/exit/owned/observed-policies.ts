import { ApiObjectMetadata } from 'cdk8s';
import { Construct } from 'constructs';
import { AuthorizationPolicySpec, AuthorizationPolicySpecRulesToOperation } from '../../../imports/security.istio.io';
import { objectsOf } from '../../mesh/manifest';
import { Plain } from '../../mesh/plain';
import { dottedName } from '../../naming';
import { observedNamespaces, onObserve } from '../../policy/observed';

/** The exit of the policies, and the calls that they let through. */
interface Opened {
  readonly namespace: string;
  readonly exitName: string;
  readonly metadata?: ApiObjectMetadata;
  /** Which pods or Gateway they are for. */
  readonly target: Pick<AuthorizationPolicySpec, 'selector' | 'targetRefs'>;
  /** Which calls; undefined for every one. */
  readonly operation?: AuthorizationPolicySpecRulesToOperation;
}

/**
 * The policies that let observed namespaces through an exit: one for each such namespace, added to the policies of grants.
 *
 * Nothing else changes with a namespace's mode, so that the order in which objects are applied does not matter: with this policy the
 * namespace is let through, without it the grants hold, and to anybody else both are the same.
 */
export class ObservedPolicies extends Construct {
  public constructor(
    scope: Construct,
    id: string,
    private readonly opened: Opened,
  ) {
    super(scope, id);
    onObserve(this, () => {
      for (const namespace of observedNamespaces(this)) {
        if (!this.node.tryFindChild(namespace)) this.open(namespace);
      }
    });
  }

  private open(observed: string): void {
    const { exitName, target, operation } = this.opened;
    const to = operation && [{ operation }];
    objectsOf(
      this,
      this.opened,
    )({
      id: observed,
      kind: 'AuthorizationPolicy',
      name: dottedName(exitName, observed, 'observed'),
      spec: () =>
        ({
          ...target,
          action: 'ALLOW',
          rules: [{ from: [{ source: { namespaces: [observed] } }], to }],
        }) satisfies Plain<AuthorizationPolicySpec>,
    });
  }
}
