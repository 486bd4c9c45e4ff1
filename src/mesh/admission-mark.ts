import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { Slot } from '../slot';

/** The annotation that names the admission policy of the app that an object belongs to. */
export const ADMISSION = 'cdk8s-istio-egress/admission';

interface Mark {
  readonly policy: string;
  readonly kinds: ReadonlySet<string>;
}

const MARK = new Slot<Mark>('AdmissionMark');

/** Marks every object of the app that is of these kinds ("group/Kind"), those that are made already included. */
export function markForAdmission(scope: Construct, policy: string, kinds: ReadonlySet<string>): void {
  MARK.set(scope.node.root, { policy, kinds });
}

/** The annotation's value for an object, which is known at synthesis; without a value the annotation is left out. */
export function admissionMark(scope: Construct, apiVersion: string, kind: string): string {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  const produce = () => {
    const mark = MARK.of(scope.node.root);
    return mark?.kinds.has(`${group}/${kind}`) ? mark.policy : undefined;
  };
  return Lazy.any({ produce }) as string;
}
