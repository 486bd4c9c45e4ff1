import { IConstruct } from 'constructs';

const OBSERVED = Symbol.for('cdk8s-istio-egress.Observed');
const LISTENERS = Symbol.for('cdk8s-istio-egress.ObserveListeners');

/** @see https://istio.io/latest/docs/tasks/security/authorization/authz-dry-run/ */
export const DRY_RUN = 'istio.io/dry-run';

/** Says that nothing is refused to these namespaces yet: exits of the app try their policies out on them. */
export function observe(scope: IConstruct, namespaces: string[]): void {
  const root = scope.node.root as any;
  root[OBSERVED] = new Set([...(root[OBSERVED] ?? []), ...namespaces]);
  for (const listener of root[LISTENERS] ?? []) listener();
}

/** Calls back whenever namespaces come to be observed, for what has to make an object then. */
export function onObserve(scope: IConstruct, listener: () => void): void {
  const root = scope.node.root as any;
  (root[LISTENERS] ??= []).push(listener);
}

/** Makes once what is needed only while a namespace is observed: now, or as soon as it comes to be. */
export function whenObserved(scope: IConstruct, namespace: string, make: () => void): void {
  let isMade = false;
  const look = () => {
    if (isMade || !observedNamespaces(scope).includes(namespace)) return;
    isMade = true;
    make();
  };
  look();
  onObserve(scope, look);
}

/** The namespaces of an app to which nothing is refused yet, sorted. */
export function observedNamespaces(scope: IConstruct): string[] {
  return [...((scope.node.root as any)[OBSERVED] ?? [])].sort();
}

/** What lets the calls of observed namespaces through an exit; undefined if there are none. */
export function observedRules(scope: IConstruct): { from: { source: { namespaces: string[] } }[] }[] | undefined {
  const namespaces = observedNamespaces(scope);
  return namespaces.length > 0 ? [{ from: [{ source: { namespaces } }] }] : undefined;
}
