import { Construct } from 'constructs';
import type { ERRORS } from './error-codes';

/** A stable, documented error code. */
export type ErrorCode = keyof typeof ERRORS;

/** What a reader of the error needs in order to mend it. */
export interface Problem {
  /** What is wrong, as a sentence without its full stop. */
  readonly what: string;
  /** The value that was given. */
  readonly given?: unknown;
  /** What would have been accepted. */
  readonly allowed?: string;
  /** The change to make. */
  readonly fix: string;
}

/**
 * The one error class of this library. It is internal, because jsii does not export subclasses of `Error`: callers tell
 * errors apart by `code`, which also opens the message.
 */
export class EgressError extends Error {
  public constructor(
    public readonly code: ErrorCode,
    where: Construct | string,
    problem: Problem,
  ) {
    super(describe(code, where, problem));
    this.name = 'EgressError';
  }
}

/** The text of an error; checks of the whole tree report it without throwing. */
export function describe(code: ErrorCode, where: Construct | string, problem: Problem): string {
  const path = typeof where === 'string' ? where : where.node.path || '(app)';
  const lines = [`[${code}] ${path}: ${problem.what}.`];
  if ('given' in problem) lines.push(`given: ${printable(problem.given)}`);
  if (problem.allowed) lines.push(`allowed: ${problem.allowed}`);
  lines.push(`fix: ${problem.fix}`);
  return lines.join('\n  ');
}

/** How many characters of a value, and items of a list, an error shows. */
const LONGEST = 200;
const MOST = 20;

/** A value as one line. It never throws: it calls nothing of the value, and reads only a little of it. */
function printable(value: unknown): string {
  return cut(show(value, 3));
}

const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

function show(value: unknown, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(cut(value));
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return `${typeof value === 'symbol' ? 'a symbol' : value}`;
  try {
    if (Construct.isConstruct(value)) return `the construct ${JSON.stringify(cut(`${value.node.path}`))}`;
    const isList = Array.isArray(value);
    if (depth === 0) return isList ? '[…]' : '{…}';
    const keys = isList ? [] : Object.keys(value);
    const items = isList
      ? value.slice(0, MOST).map((item) => show(item, depth - 1))
      : keys.slice(0, MOST).flatMap((key) => {
          const field = (value as { [key: string]: unknown })[key];
          return field === undefined ? [] : `${JSON.stringify(cut(key))}:${show(field, depth - 1)}`;
        });
    if ((isList ? value : keys).length > MOST) items.push('…');
    return isList ? `[${items.join()}]` : `{${items.join()}}`;
  } catch {
    return 'a value that cannot be read';
  }
}
