/** One wrong value of a world file. */
export interface Problem {
  /** Where in the file, such as `calls[2].expect`. */
  readonly path: string;
  readonly message: string;
}

/** Checks a value and answers with what is wrong about it. */
export type Check = (value: unknown, path: string) => Problem[];

const shown = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value));

function problem(path: string, value: unknown, allowed: string, fix: string): Problem[] {
  return [{ path, message: `is ${shown(value)}; allowed: ${allowed}. ${fix}` }];
}

/** Text that fits a pattern. */
export function text(pattern: RegExp, allowed: string, fix: string): Check {
  return (value, path) => (typeof value === 'string' && pattern.test(value) ? [] : problem(path, value, allowed, fix));
}

/** One of a few words. */
export function oneOf(...words: string[]): Check {
  return (value, path) => {
    if (typeof value === 'string' && words.includes(value)) return [];
    const near = words.find((word) => word.toLowerCase() === String(value).toLowerCase());
    return problem(path, value, words.join(', '), near ? `Write ${near}.` : `Use one of these ${words.length} words.`);
  };
}

/** A whole number in a range. */
export function integer(least: number, most: number): Check {
  return (value, path) =>
    Number.isInteger(value) && Number(value) >= least && Number(value) <= most
      ? []
      : problem(path, value, `a whole number from ${least} to ${most}`, 'Write it without quotes.');
}

/** `true` or `false`. */
export const flag: Check = (value, path) =>
  typeof value === 'boolean' ? [] : problem(path, value, 'true, false', 'Write it without quotes.');

/** A list whose entries all pass. */
export function list(entry: Check, least = 0): Check {
  return (value, path) => {
    if (!Array.isArray(value)) return problem(path, value, 'a list', 'Start each entry with "- ".');
    if (value.length < least) return problem(path, value, `at least ${least}`, 'Add what is missing.');
    return value.flatMap((item, index) => entry(item, `${path}[${index}]`));
  };
}

/** A mapping from any name to text. */
export const strings: Check = (value, path) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return problem(path, value, 'names with text values', 'Write "name: value", one a line.');
  }
  return Object.entries(value).flatMap(([name, item]) =>
    typeof item === 'string' ? [] : problem(`${path}.${name}`, item, 'text', 'Put it in quotes.'),
  );
};

/** Passes when one of the checks does; tells the problems of the last one. */
export function either(...checks: Check[]): Check {
  return (value, path) => {
    const answers = checks.map((check) => check(value, path));
    return answers.some((answer) => answer.length === 0) ? [] : answers.at(-1)!;
  };
}

/** A mapping with known fields; those marked with `!` must be there. */
export function record(fields: Record<string, Check>): Check {
  const checks = new Map(Object.entries(fields).map(([name, check]) => [name.replace('!', ''), check]));
  const required = Object.keys(fields).filter((name) => name.endsWith('!'));
  return (value, path) => {
    const at = (name: string) => (path ? `${path}.${name}` : name);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return problem(path, value, `fields ${[...checks.keys()].join(', ')}`, 'Write "field: value", one a line.');
    }
    const given = value as Record<string, unknown>;
    const missing = required.map((name) => name.slice(0, -1)).filter((name) => given[name] === undefined);
    return [
      ...missing.map((name) => ({ path: at(name), message: `is missing. Add "${name}: …".` })),
      ...Object.entries(given).flatMap(([name, item]) => {
        const check = checks.get(name);
        if (check) return check(item, at(name));
        const allowed = [...checks.keys()].join(', ');
        return [
          { path: at(name), message: `is not a field of a world file; allowed here: ${allowed}. Remove or rename it.` },
        ];
      }),
    ];
  };
}
