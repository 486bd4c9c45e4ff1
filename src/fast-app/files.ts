import { ApiObject, App, Chart, ImplicitTokenResolver, LazyResolver, Names, NumberStringUnionResolver } from 'cdk8s';
import { IConstruct } from 'constructs';
import { inferDependencies, isClosed } from './dependencies';
import { Walk, walk } from './one-walk';
import { sheetsOf } from './sheets';
import { joined } from './yaml/chunks';
import { documentOf } from './yaml/document';
import { ownDocument } from './yaml/own';
import { OwnObject } from '../mesh/own-object';

/** A file that an app comes to. */
export interface File {
  /** Without its extension. */
  readonly name: string;
  readonly chunks: Buffer[];
}

/**
 * What cdk8s's App would write, a file for each chart, from one validation and one inference of dependencies; undefined where it has
 * to do so itself, above all where it would fail.
 *
 * @throws Error as cdk8s, if an object cannot be serialized
 */
export function filesOf(app: App): File[] | undefined {
  const tree = walk(app);
  // cdk8s has the words for what is not valid.
  if (tree.nodes.some((node) => node.node.validate().length > 0)) return undefined;
  // A validation or a lazy value may have added constructs: cdk8s finds them, because it walks for each chart.
  const isUnchanged = () => isSame(app.node.findAll(), tree.nodes);
  try {
    const files = isClosed(tree.linked, tree.nodes) ? filesOfTree(app, tree) : undefined;
    return isUnchanged() ? files : undefined;
  } catch (error) {
    if (isUnchanged()) throw error;
    return undefined;
  }
}

function isSame(now: IConstruct[], before: IConstruct[]): boolean {
  return now.length === before.length && now.every((node, index) => node === before[index]);
}

function filesOfTree(app: App, tree: Walk): File[] | undefined {
  const isNumbered = inferDependencies(tree.linked);
  const direct = isDirect(app);
  return sheetsOf(tree)?.map(({ chart, objects }, index) => {
    const number = isNumbered ? `${index}`.padStart(4, '0') + '-' : '';
    return { name: `${number}${Names.toDnsLabel(chart)}`, chunks: chunksOf(chart, objects, direct) };
  });
}

/** Whether fields come to what they are: no resolver of the user's changes them, and they are sorted. */
function isDirect(app: App): boolean {
  const own: unknown[] = [LazyResolver, ImplicitTokenResolver, NumberStringUnionResolver];
  return app.resolvers.every((resolver) => own.includes(resolver.constructor)) && !process.env.CDK8S_DISABLE_SORT;
}

function chunksOf(chart: Chart, objects: ApiObject[], direct: boolean): Buffer[] {
  // A chart of the user's may have its own idea of what it holds.
  return chart.toJson === Chart.prototype.toJson
    ? joined(objects, (object, index) => serialized(object, direct, () => objects.slice(index + 1)))
    : joined(Object.values(chart.toJson()), (value) => documentOf(value, false));
}

function serialized(object: ApiObject, direct: boolean, others: () => ApiObject[]): string {
  const own = direct && OwnObject.is(object) ? ownDocument(object) : undefined;
  if (own !== undefined) return own;
  const json = object.toJson();
  try {
    return documentOf(json, object.toJson === ApiObject.prototype.toJson);
  } catch (error) {
    // cdk8s would not come to it if one of the others cannot be serialized.
    for (const other of others()) other.toJson();
    throw error;
  }
}
