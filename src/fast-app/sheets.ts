import { ApiObject, Chart } from 'cdk8s';
import { IConstruct } from 'constructs';
import { dependenciesOf } from './dependencies';
import { Part, Walk } from './one-walk';
import { inGraphOrder, sorted } from './topology';

/** A chart with its objects in the order in which they are written. */
export interface Sheet {
  readonly chart: Chart;
  readonly objects: ApiObject[];
}

/** Charts and their objects in the order of their dependencies, or of the tree; undefined if they depend on each other in a circle. */
export function sheetsOf({ nodes, parts, linked }: Walk): Sheet[] | undefined {
  const byChart = new Map(parts.map((part) => [part.chart as IConstruct, part]));
  const partsIn = (order: IConstruct[]) => order.flatMap((node) => byChart.get(node) ?? []);
  if (dependenciesOf(linked).length === 0) return partsIn(inGraphOrder(nodes));
  const order = sorted(inGraphOrder(nodes));
  const sheets = order && partsIn(order).map((part) => sheetOf(nodes, part));
  return sheets?.every((sheet) => sheet !== undefined) ? sheets : undefined;
}

function sheetOf(nodes: IConstruct[], { chart, objects, from, to }: Part): Sheet | undefined {
  const own = new Set<IConstruct>(objects);
  const order = sorted(nodes.slice(from, to));
  return order && { chart, objects: order.filter((node): node is ApiObject => own.has(node)) };
}
