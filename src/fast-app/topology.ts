import { IConstruct } from 'constructs';

/**
 * Sorts constructs so that what one depends on comes before it, in the order of cdk8s's `DependencyGraph`, which takes time by the
 * number of paths through it.
 *
 * @param nodes In the order of the graph: see `inGraphOrder`
 * @returns undefined for dependencies in a circle, of which only cdk8s can say what comes of them
 */
export function sorted(nodes: IConstruct[]): IConstruct[] | undefined {
  const targets = edges(nodes);
  const inner = new Set([...targets.values()].flat());
  const result = new Set<IConstruct>();
  const open = new Set<IConstruct>();
  const visit = (node: IConstruct): boolean => {
    if (result.has(node)) return true;
    if (open.has(node)) return false;
    open.add(node);
    const fine = targets.get(node)!.every(visit);
    result.add(node);
    return fine;
  };
  const fine = nodes.filter((node) => !inner.has(node)).every(visit);
  // In a circle, nothing is the first.
  return fine && result.size === nodes.length ? [...result] : undefined;
}

/** What constructs depend on, as far as it is among them. */
function edges(nodes: IConstruct[]): Map<IConstruct, IConstruct[]> {
  const among = new Set(nodes);
  return new Map(nodes.map((node) => [node, node.node.dependencies.filter((target) => among.has(target))]));
}

/**
 * The order in which cdk8s's graph of a whole app has its constructs: it keeps them in an object by their paths, and JavaScript puts
 * keys that are numbers first.
 */
export function inGraphOrder(nodes: IConstruct[]): IConstruct[] {
  const [app] = nodes;
  const byPath = Object.fromEntries([app, ...app.node.children].map((node) => [node.node.path, node]));
  const ordered = Object.values(byPath);
  const first = ordered.slice(0, ordered.indexOf(app));
  if (first.length === 0) return nodes;
  const numbered = new Set(first);
  return [...first, ...nodes.filter((node) => !numbered.has(node))];
}
