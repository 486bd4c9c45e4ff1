import { IConstruct } from 'constructs';
import { ListSlot, Slot } from '../slot';

const OBSERVED = new Slot<ReadonlySet<string>>('Observed');
const LISTENERS = new ListSlot<() => void>('ObserveListeners');

/** @see https://istio.io/latest/docs/tasks/security/authorization/authz-dry-run/ */
export const DRY_RUN = 'istio.io/dry-run';

/** Says that no HTTP call is refused to these namespaces yet: exits of the app try their policies out on them. */
export function observe(scope: IConstruct, namespaces: string[]): void {
  const { root } = scope.node;
  OBSERVED.set(root, new Set([...(OBSERVED.of(root) ?? []), ...namespaces]));
  for (const listener of LISTENERS.of(root)) listener();
}

/** Calls back now, and whenever more namespaces come to be observed: for what makes an object then. */
export function onObserve(scope: IConstruct, listener: () => void): void {
  LISTENERS.add(scope.node.root, listener);
  listener();
}

/** The namespaces of an app to which nothing is refused yet, sorted. */
export function observedNamespaces(scope: IConstruct): string[] {
  return [...(OBSERVED.of(scope.node.root) ?? [])].sort();
}

/** Whether nothing is refused to a namespace yet. */
export function isObserved(scope: IConstruct, namespace: string | undefined): boolean {
  return namespace !== undefined && (OBSERVED.of(scope.node.root)?.has(namespace) ?? false);
}
