import { key, scalar, UNSURE } from './scalar';

/** A map as it is read. */
export type Dictionary = { readonly [key: string]: unknown };

/** How the collections of a tree are read. */
export interface Reading {
  /** The keys of a map that are written, in order. @throws UNSURE */
  readonly keysOf: (map: Dictionary) => string[];
  /** @throws UNSURE for a collection that would not be written as a plain map or list */
  readonly check: (collection: object) => void;
}

const INDENTS = Array.from({ length: 64 }, (_, depth) => '  '.repeat(depth));
const EMPTY_MAP = '{}\n';
const EMPTY_LIST = '[]\n';

/**
 * The lines of a map, without the indentation of the first one, so that it can stand behind a dash.
 *
 * @throws UNSURE
 */
export function mapLines(map: Dictionary, depth: number, reading: Reading): string {
  const indent = indentOf(depth);
  let lines = '';
  for (const name of reading.keysOf(map)) {
    lines += (lines === '' ? '' : indent) + key(name) + behindKey(map[name], depth, reading);
  }
  return lines || EMPTY_MAP;
}

function behindKey(value: unknown, depth: number, reading: Reading): string {
  if (!isCollection(value)) return ` ${scalar(value)}\n`;
  const lines = collectionLines(value, depth + 1, reading);
  return lines === EMPTY_MAP || lines === EMPTY_LIST ? ` ${lines}` : `\n${indentOf(depth + 1)}${lines}`;
}

function collectionLines(value: object, depth: number, reading: Reading): string {
  reading.check(value);
  return Array.isArray(value) ? listLines(value, depth, reading) : mapLines(value as Dictionary, depth, reading);
}

function listLines(list: unknown[], depth: number, reading: Reading): string {
  const indent = indentOf(depth);
  let lines = '';
  for (const item of list) {
    lines += lines === '' ? '- ' : `${indent}- `;
    lines += isCollection(item) ? collectionLines(item, depth + 1, reading) : `${scalar(item)}\n`;
  }
  return lines || EMPTY_LIST;
}

function isCollection(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function indentOf(depth: number): string {
  const indent = INDENTS[depth];
  if (indent === undefined) throw UNSURE;
  return indent;
}
