import { Dictionary, mapLines, Reading } from './block';
import { checkPlain } from './document';
import { UNSURE } from './scalar';
import { OwnObject } from '../../mesh/own-object';
import { MOST_STORED } from '../../mesh/stored-size';

/** A tree that cdk8s has not sanitized: nothing is written of what is undefined or null, and keys are sorted. */
const RAW: Reading = { keysOf: sortedKeys, check: checkPlain };

/** So long a document is stored in any case: in JSON, in which sizes are measured, it is less than three times as long. */
const SURELY_STORED = MOST_STORED / 3;

/** The document of an object of this library; undefined if only cdk8s can say what it is. */
export function ownDocument(object: OwnObject): string | undefined {
  try {
    const { apiVersion, kind, ownFields } = object;
    if (!ownFields) return undefined;
    const head = mapLines({ apiVersion, kind, metadata: ownFields.metadata }, 0, RAW);
    const text = sortedKeys(ownFields.rest).length > 0 ? head + mapLines(ownFields.rest, 0, RAW) : head;
    return text.length <= SURELY_STORED ? text : undefined;
  } catch {
    // If it is no more than a matter of notation, cdk8s writes it; else it says where the error is.
    return undefined;
  }
}

function sortedKeys(map: Dictionary): string[] {
  const keys = Object.keys(map).filter((name) => map[name] !== undefined && map[name] !== null);
  if (keys.some(isOdd)) throw UNSURE;
  return isSorted(keys) ? keys : keys.sort();
}

/** What JavaScript may put first whatever the order, and what means something else in a copy. */
function isOdd(name: string): boolean {
  return name < ':' || name === '__proto__' || name === 'constructor';
}

function isSorted(keys: string[]): boolean {
  return keys.every((name, index) => index === 0 || keys[index - 1] < name);
}
