import { ApiObject } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { EgressError } from './errors';

/**
 * The ApiObject that a construct stands for: itself, or its main child (`node.defaultChild`), as constructs of cdk8s-plus have it. So
 * they are taken without loading cdk8s-plus.
 *
 * @param where The function that was called, for values that are no construct and have no path
 * @param kinds API group and kind of what is taken, as "apps/Deployment"; the group without a name is "core"
 * @throws WrongType
 */
export function objectOf(where: string, construct: IConstruct, kinds: readonly string[]): ApiObject {
  const object = mainObject(construct);
  if (object && kinds.includes(kindOf(object))) return object;
  throw new EgressError('WrongType', object ?? (isConstruct(construct) ? construct : where), {
    what: object
      ? `a ${object.kind} of ${object.apiVersion} is none of the objects that ${where} takes`
      : `${where} takes what makes an object of this app, and this makes none, or several without a main one`,
    given: construct,
    allowed: `${kinds.map((kind) => kind.replace('core/', '')).join(', ')}: of cdk8s-plus, as an ApiObject, or a construct with such a main child`,
    fix: 'pass the object itself; what this app does not make is named by a text',
  });
}

/** API group and kind. */
export const kindOf = ({ apiGroup, kind }: ApiObject): string => `${apiGroup}/${kind}`;

/** The namespace that an object will be in. @throws NamespaceMissing where that depends on who applies it */
export function namespaceOf(object: ApiObject): string {
  const { namespace } = object.metadata;
  if (namespace !== undefined) return namespace;
  throw new EgressError('NamespaceMissing', object, {
    what: `nothing says in which namespace this ${object.kind} will be: whoever applies it decides`,
    given: object.name,
    allowed: 'an object with a namespace',
    fix: 'set `namespace` of its chart, or `metadata.namespace`',
  });
}

/** Refuses an object of another app, which is written elsewhere or not at all. @throws OtherApp */
export function checkOfThisApp(scope: Construct, object: ApiObject): void {
  if (object.node.root === scope.node.root) return;
  throw new EgressError('OtherApp', scope, {
    what: `the ${object.kind} is made in another app`,
    given: object,
    allowed: 'objects of this app',
    fix: 'name it by a text, under a name that both apps agree on',
  });
}

function mainObject(value: unknown): ApiObject | undefined {
  if (!isConstruct(value)) return undefined;
  try {
    const object = ApiObject.isApiObject(value) ? value : value.node.defaultChild;
    return isConstruct(object) && ApiObject.isApiObject(object) ? object : undefined;
  } catch {
    // Two children claim to be the main one.
    return undefined;
  }
}

function isConstruct(value: unknown): value is Construct {
  try {
    return Construct.isConstruct(value) && value.node !== undefined;
  } catch {
    // Reading the value threw, as a hostile proxy does.
    return false;
  }
}
