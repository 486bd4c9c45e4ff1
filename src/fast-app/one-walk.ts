import { ApiObject, App, Chart } from 'cdk8s';
import { IConstruct } from 'constructs';

/** What an app holds. */
export interface Walk {
  /** Everything, in the order of the tree. */
  readonly nodes: IConstruct[];
  readonly parts: Part[];
  /** What may depend on anything: charts, and what does. */
  readonly linked: IConstruct[];
}

/** A chart with what is below it. */
export interface Part {
  readonly chart: Chart;
  /** The objects that are in no nearer chart, in the order of the tree. */
  readonly objects: ApiObject[];
  /** Where the chart stands among all nodes; what is below it follows. */
  readonly from: number;
  /** Where what is below it ends. */
  to: number;
}

/** Reads the tree of an app once. cdk8s reads all of it several times for each chart. */
export function walk(app: App): Walk {
  const found: Walk = { nodes: [], parts: [], linked: [] };
  visit(app, found);
  return found;
}

function visit(node: IConstruct, found: Walk, around?: Part): void {
  const isChart = Chart.isChart(node);
  const part = isChart ? { chart: node, objects: [], from: found.nodes.length, to: 0 } : around;
  if (isChart) found.parts.push(part!);
  if (isChart || node.node.dependencies.length > 0) found.linked.push(node);
  if (ApiObject.isApiObject(node)) part?.objects.push(node);
  found.nodes.push(node);
  for (const child of node.node.children) visit(child, found, part);
  if (isChart) part!.to = found.nodes.length;
}
