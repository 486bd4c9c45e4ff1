import { ApiObject, App, Chart } from 'cdk8s';
import { IConstruct } from 'constructs';

/** What an app holds. */
export interface Walk {
  /** Everything, in the order of the tree. */
  readonly nodes: IConstruct[];
  readonly parts: Part[];
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
  const nodes: IConstruct[] = [];
  const parts: Part[] = [];
  const visit = (node: IConstruct, around?: Part) => {
    const part = Chart.isChart(node) ? { chart: node, objects: [], from: nodes.length, to: 0 } : around;
    if (part && part !== around) parts.push(part);
    nodes.push(node);
    if (ApiObject.isApiObject(node)) part?.objects.push(node);
    for (const child of node.node.children) visit(child, part);
    if (part && part !== around) part.to = nodes.length;
  };
  visit(app);
  return { nodes, parts };
}
