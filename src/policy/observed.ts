import { IConstruct } from 'constructs';

const OBSERVED = Symbol.for('cdk8s-istio-egress.Observed');

/** Says that nothing is refused to these namespaces yet: exits of the app try their policies out on them. */
export function observe(scope: IConstruct, namespaces: string[]): void {
  const root = scope.node.root as any;
  root[OBSERVED] = new Set([...(root[OBSERVED] ?? []), ...namespaces]);
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
