import { Construct } from 'constructs';
import { EgressError } from './errors';

/** What kind of value an option takes. `checked` is checked where it is used, by what it means. */
export type Kind = 'flag' | 'text' | 'texts' | 'map' | 'object' | 'json' | 'list' | 'checked';

/** The options of a struct: all of them, which the compiler holds against the struct, and what each takes. */
export type Options<T> = { readonly [K in keyof Required<T>]: Kind };

const KINDS: { [K in Kind]: { readonly is: (value: unknown) => boolean; readonly allowed: string } } = {
  flag: { is: (value) => typeof value === 'boolean', allowed: 'true or false' },
  text: { is: (value) => typeof value === 'string', allowed: 'a text' },
  texts: {
    is: (value) => Array.isArray(value) && [...value].every((item) => typeof item === 'string'),
    allowed: 'a list of texts',
  },
  map: {
    is: (value) => isWritable(value) && Object.values(value).every((item) => typeof item === 'string'),
    allowed: 'an object of texts, as { key: "value" }, without the keys "constructor" and "__proto__"',
  },
  json: {
    is: (value) => isWritable(value) && isJson(value, 8),
    allowed: 'an object of texts, numbers, lists and objects, without the keys "constructor" and "__proto__"',
  },
  object: { is: isPlain, allowed: 'an object' },
  list: { is: Array.isArray, allowed: 'a list' },
  checked: { is: (value) => value !== null, allowed: 'a value, or nothing at all' },
};

/**
 * A copy of the options that were given, lists and objects in it included, so that what is checked is what is used, whatever becomes
 * of them: lists without holes, which loops would skip, and nothing that is read twice. Plain JavaScript lets anything through to the library, and a misspelled `rules` would let every
 * call through an exit.
 *
 * @throws OptionUnknown for an option that there is none of, WrongType for a value of another kind
 */
export function checkOptions<T extends object>(where: Construct | string, given: T, options: Options<T>): T {
  return checkedCopy(where, given, [options]) as T;
}

/** The kinds of options, each of one struct: they are not put together, because that would take longer than all else here. */
type Kinds = { readonly [name: string]: Kind }[];

function checkedCopy(where: Construct | string, given: object, structs: Kinds): object {
  const copy: { [name: string]: unknown } = {};
  for (const [name, value] of entriesOf(where, given)) {
    if (value === undefined) continue;
    const struct = structs.find((options) => Object.hasOwn(options, name));
    if (!struct) {
      throw new EgressError('OptionUnknown', where, {
        what: `there is no option \`${name}\``,
        given: name,
        allowed: [...new Set(structs.flatMap(Object.keys))].join(', '),
        fix: 'correct the name, or leave it out',
      });
    }
    checkKind(where, name, value, struct[name]);
    copy[name] = copyOf(value);
  }
  return copy;
}

/** @throws WrongType */
export function checkKind(where: Construct | string, property: string, value: unknown, kind: Kind): void {
  if (isKind(value, kind)) return;
  throw new EgressError('WrongType', where, {
    what: `\`${property}\` has a value of the wrong kind`,
    given: value,
    allowed: KINDS[kind].allowed,
    fix: `correct \`${property}\`, or leave it out`,
  });
}

/**
 * A value of an enum: plain JavaScript passes any text, and what is no value must not be taken for an open one.
 * @throws WrongType
 */
export function checkEnum<T extends string>(
  where: Construct | string,
  property: string,
  value: T,
  [name, values]: [name: string, values: { readonly [key: string]: T }],
): T {
  if (Object.values(values).includes(value)) return value;
  throw new EgressError('WrongType', where, {
    what: `\`${property}\` is no ${name}`,
    given: value,
    allowed: Object.keys(values)
      .map((key) => `${name}.${key}`)
      .join(', '),
    fix: `set \`${property}\` to one of them`,
  });
}

/** Whether a value is of a kind; false, not an error, for a value that throws when it is read. */
export function isKind(value: unknown, kind: Kind): boolean {
  try {
    return KINDS[kind].is(value);
  } catch {
    return false;
  }
}

/**
 * The checked options of a construct that will be made, whose properties are those of two structs.
 * @throws what `checkOptions` throws
 */
export function splitOptions<A extends object, B extends object>(
  scope: Construct,
  id: string,
  given: A & B,
  first: Options<A>,
  second: Options<B>,
): [A, B] {
  const checked = checkedCopy(pathOf(scope, id), given, [first, second]) as A & B;
  return [pickOptions<A>(checked, first), pickOptions<B>(checked, second)];
}

/** The options of one struct, out of those of a larger one. */
export function pickOptions<T extends object>(given: T, options: Options<T>): T {
  const picked: Partial<T> = {};
  for (const name in given) if (name in options) picked[name] = given[name];
  return picked as T;
}

/** Where a construct will be, before it is made. */
export function pathOf(scope: Construct, id: string): string {
  return [scope.node.path, id].filter(Boolean).join('/');
}

/** Objects get the usual prototype, by which cdk8s knows what it can write. */
function copyOf(value: unknown): unknown {
  try {
    if (Array.isArray(value)) return [...value];
    return isPlain(value) ? { ...value } : value;
  } catch {
    // It cannot be read, as a hostile proxy: the option's own check refuses it.
    return value;
  }
}

function entriesOf(where: Construct | string, given: unknown): [string, unknown][] {
  try {
    if (isPlain(given)) return Object.entries(given);
  } catch {
    // A getter that throws: nothing can be known of it.
  }
  throw new EgressError('WrongType', where, {
    what: 'the options are no object of options',
    given,
    allowed: 'an object, as { name: "value" }',
    fix: 'pass one',
  });
}

/** Objects that are written as such, also of another realm. Constructs, lists and values of classes are none. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** cdk8s tells plain objects by their `constructor`, and loses a `__proto__` on the way to YAML. */
function isWritable(value: unknown): value is object {
  return isPlain(value) && !Object.hasOwn(value, 'constructor') && !Object.hasOwn(value, '__proto__');
}

/** Whether a manifest can hold a value. */
function isJson(value: unknown, depth: number): boolean {
  if (depth === 0) return false;
  if (Array.isArray(value)) return [...value].every((item) => isJson(item, depth - 1));
  if (isPlain(value)) {
    return isWritable(value) && Object.values(value).every((item) => item === undefined || isJson(item, depth - 1));
  }
  return value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value);
}
