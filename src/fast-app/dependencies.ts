import { ApiObject, Chart } from 'cdk8s';
import { IConstruct } from 'constructs';

interface Dependency {
  readonly source: IConstruct;
  readonly target: IConstruct;
}

/**
 * Makes dependencies between charts of those between constructs, and then between all objects of both sides, as cdk8s does when it
 * synthesizes. It infers them once more for each chart, to the same effect.
 *
 * @param linked The charts and what depends on anything, in the order of the tree
 * @returns Whether charts depend on each other
 * @throws Error as cdk8s, if a construct in no chart depends on anything or the other way round
 */
export function inferDependencies(linked: IConstruct[]): boolean {
  dependOnNestedCharts(linked);
  const across = dependOnCharts(linked);
  dependOnObjects(linked);
  return across;
}

/** Whether all that anything depends on is in the tree: cdk8s goes by its path, at which something else may stand. */
export function isClosed(linked: IConstruct[], nodes: IConstruct[]): boolean {
  const dependencies = dependenciesOf(linked);
  if (dependencies.length === 0) return true;
  const inside = new Set(nodes);
  return dependencies.every(({ target }) => inside.has(target));
}

/** Every dependency that they have. */
export function dependenciesOf(linked: IConstruct[]): Dependency[] {
  return linked.flatMap((source) => source.node.dependencies.map((target) => ({ source, target })));
}

function dependOnNestedCharts(linked: IConstruct[]): void {
  for (const chart of linked.filter(Chart.isChart)) {
    chart.node.addDependency(...chart.node.children.filter(Chart.isChart));
  }
}

function dependOnCharts(linked: IConstruct[]): boolean {
  let across = false;
  for (const { source, target } of dependenciesOf(linked)) {
    const [from, to] = [Chart.of(source), Chart.of(target)];
    if (from === to) continue;
    from.node.addDependency(to);
    across = true;
  }
  return across;
}

function dependOnObjects(linked: IConstruct[]): void {
  const objectsOf = objectsByConstruct();
  for (const { source, target } of dependenciesOf(linked)) {
    const sources = objectsOf(source);
    for (const to of objectsOf(target)) {
      for (const from of sources) if (from !== to) from.node.addDependency(to);
    }
  }
}

/** The objects below a construct that belong to its own chart; each construct is searched once. */
function objectsByConstruct(): (construct: IConstruct) => ApiObject[] {
  const known = new Map<IConstruct, ApiObject[]>();
  return (construct) => {
    const before = known.get(construct);
    if (before) return before;
    const chart = Chart.of(construct);
    const objects = construct.node.findAll().filter(ApiObject.isApiObject);
    const own = objects.filter((object) => Chart.of(object) === chart);
    known.set(construct, own);
    return own;
  };
}
