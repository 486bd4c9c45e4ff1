import { IConstruct } from 'constructs';

const OBSERVED = Symbol.for('cdk8s-istio-egress.Observed');
const LISTENERS = Symbol.for('cdk8s-istio-egress.ObserveListeners');

/** @see https://istio.io/latest/docs/tasks/security/authorization/authz-dry-run/ */
export const DRY_RUN = 'istio.io/dry-run';

/** Says that no HTTP call is refused to these namespaces yet: exits of the app try their policies out on them. */
export function observe(scope: IConstruct, namespaces: string[]): void {
  const root = scope.node.root as any;
  root[OBSERVED] = new Set([...(root[OBSERVED] ?? []), ...namespaces]);
  for (const listener of root[LISTENERS] ?? []) listener();
}

/** Calls back now, and whenever more namespaces come to be observed: for what makes an object then. */
export function onObserve(scope: IConstruct, listener: () => void): void {
  const root = scope.node.root as any;
  (root[LISTENERS] ??= []).push(listener);
  listener();
}

/** The namespaces of an app to which nothing is refused yet, sorted. */
export function observedNamespaces(scope: IConstruct): string[] {
  return [...((scope.node.root as any)[OBSERVED] ?? [])].sort();
}

/** Whether nothing is refused to a namespace yet. */
export function isObserved(scope: IConstruct, namespace: string | undefined): boolean {
  return namespace !== undefined && observedNamespaces(scope).includes(namespace);
}
