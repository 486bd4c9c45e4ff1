import { ApiObject, App, Chart, Names } from 'cdk8s';
import { IConstruct } from 'constructs';
import { inferDependencies } from './dependencies';
import { Part, walk } from './one-walk';
import { inGraphOrder, sorted } from './topology';
import { documentOf } from './yaml/document';

/** A file that an app comes to, without its extension. */
export interface File {
  readonly name: string;
  readonly content: Buffer;
}

/** A chart with its objects in the order in which they are written. */
interface Sheet {
  readonly chart: Chart;
  readonly objects: ApiObject[];
}

/**
 * What cdk8s's App would write, a file for each chart, from one validation and one inference of dependencies; undefined where it has
 * to do so itself, above all where it would fail.
 */
export function filesOf(app: App): File[] | undefined {
  const validated = app.node.findAll();
  // cdk8s has the words for what is not valid.
  if (validated.some((node) => node.node.validate().length > 0)) return undefined;
  const { nodes, parts } = walk(app);
  if (!isSame(nodes, validated) || !isClosed(nodes)) return undefined;
  const numbered = inferDependencies(nodes);
  const files = sheetsOf(nodes, parts)?.map(({ chart, objects }, index) => {
    const number = numbered ? `${index}`.padStart(4, '0') + '-' : '';
    return { name: `${number}${Names.toDnsLabel(chart)}`, content: contentOf(chart, objects) };
  });
  return isSame(app.node.findAll(), nodes) ? files : undefined;
}

/** Whether all that anything depends on is in the tree: cdk8s goes by its path, at which something else may stand. */
function isClosed(nodes: IConstruct[]): boolean {
  const targets = nodes.flatMap((node) => node.node.dependencies);
  if (targets.length === 0) return true;
  const inside = new Set(nodes);
  return targets.every((target) => inside.has(target));
}

/** Whether nothing was added or removed: by a validation or a lazy value, and cdk8s would find it, because it walks for each chart. */
function isSame(now: IConstruct[], before: IConstruct[]): boolean {
  return now.length === before.length && now.every((node, index) => node === before[index]);
}

/** Charts and their objects in the order of their dependencies; undefined if that is a circle. */
function sheetsOf(nodes: IConstruct[], parts: Part[]): Sheet[] | undefined {
  const byChart = new Map(parts.map((part) => [part.chart as IConstruct, part]));
  const order = sorted(inGraphOrder(nodes));
  const sheets = order?.flatMap((node) => byChart.get(node) ?? []).map((part) => sheetOf(nodes, part));
  return sheets?.every((sheet) => sheet !== undefined) ? sheets : undefined;
}

function sheetOf(nodes: IConstruct[], { chart, objects, from, to }: Part): Sheet | undefined {
  const order = sorted(nodes.slice(from, to));
  if (!order) return undefined;
  const own = new Set<IConstruct>(objects);
  return { chart, objects: order.filter((node): node is ApiObject => own.has(node)) };
}

function contentOf(chart: Chart, objects: ApiObject[]): Buffer {
  // A chart of the user's may have its own idea of what it holds.
  const documents =
    chart.toJson === Chart.prototype.toJson
      ? objects.map((object, index) => serialized(object, () => objects.slice(index + 1)))
      : Object.values(chart.toJson()).map((value) => documentOf(value, false));
  return Buffer.from(documents.join('---\n'));
}

function serialized(object: ApiObject, others: () => ApiObject[]): string {
  const json = object.toJson();
  try {
    return documentOf(json, object.toJson === ApiObject.prototype.toJson);
  } catch (error) {
    // cdk8s would not come to it if one of the others cannot be serialized.
    for (const other of others()) other.toJson();
    throw error;
  }
}
