import { IConstruct } from 'constructs';
import { ListSlot, Slot } from '../slot';

const OBSERVED = new Slot<ReadonlySet<string>>('Observed');
const LISTENERS = new ListSlot<() => void>('ObserveListeners');

/** @see https://istio.io/latest/docs/tasks/security/authorization/authz-dry-run/ */
export const DRY_RUN = 'istio.io/dry-run';

/** Marks namespaces as observed: no HTTP call is refused to them, and exits of the app try their policies out on them. */
export function observe(scope: IConstruct, namespaces: string[]): void {
  const { root } = scope.node;
  OBSERVED.set(root, new Set([...(OBSERVED.of(root) ?? []), ...namespaces]));
  for (const listener of LISTENERS.of(root)) listener();
}

/** Calls the listener now, and whenever further namespaces become observed, so that it can make objects for them. */
export function onObserve(scope: IConstruct, listener: () => void): void {
  LISTENERS.add(scope.node.root, listener);
  listener();
}

/** The observed namespaces of an app, sorted. */
export function observedNamespaces(scope: IConstruct): string[] {
  return [...(OBSERVED.of(scope.node.root) ?? [])].sort();
}

/** Whether a namespace is observed. */
export function isObserved(scope: IConstruct, namespace: string | undefined): boolean {
  return namespace !== undefined && (OBSERVED.of(scope.node.root)?.has(namespace) ?? false);
}
