import { Yaml } from 'cdk8s';
import { Dictionary, mapLines, Reading } from './block';
import { UNSURE } from './scalar';

/** A tree in which no collection stands twice, as cdk8s serializes its objects. */
const FRESH: Reading = { keysOf: Object.keys, check: checkPlain };

/**
 * A YAML document, byte for byte as cdk8s's `Yaml.stringify` writes it, at a fraction of the time: it makes no syntax tree. What is
 * not sure to come out the same is given to `Yaml.stringify`, scalar by scalar or as a whole.
 *
 * @param fresh Whether no collection of it stands at two places, which YAML would write once and refer to
 */
export function documentOf(value: unknown, fresh: boolean): string {
  return tryDocument(value, fresh ? FRESH : withoutRepetition()) ?? Yaml.stringify(value);
}

/** The same of what is read in some other way; undefined if only cdk8s can say. */
function tryDocument(value: unknown, reading: Reading): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  try {
    reading.check(value);
    return mapLines(value as Dictionary, 0, reading);
  } catch (error) {
    if (error !== UNSURE) throw error;
    return undefined;
  }
}

/** Dates, tokens and instances of other classes are written in forms of their own. @throws UNSURE */
export function checkPlain(collection: object): void {
  if (!Array.isArray(collection) && Object.getPrototypeOf(collection) !== Object.prototype) throw UNSURE;
}

/** For trees that anybody made. */
function withoutRepetition(): Reading {
  const seen = new Set<object>();
  const check = (collection: object) => {
    checkPlain(collection);
    if ('toJSON' in collection || Object.getOwnPropertySymbols(collection).length > 0) throw UNSURE;
    if (seen.size === seen.add(collection).size) throw UNSURE;
  };
  return { keysOf: Object.keys, check };
}
