/**
 * How a value differs from a partial one, a line each; empty if it matches. Of an object, the given fields count; of a
 * list, all items in their order; `undefined` stands for a field that must not be there.
 */
export function mismatches(actual: any, partial: any, path = ''): string[] {
  if (Array.isArray(partial)) {
    if (!Array.isArray(actual)) return [line(path, partial, actual)];
    const lengths =
      actual.length === partial.length ? [] : [`${path}: expected ${partial.length} items, got ${actual.length}`];
    return [
      ...lengths,
      ...partial.slice(0, actual.length).flatMap((item, i) => mismatches(actual[i], item, `${path}[${i}]`)),
    ];
  }
  if (isObject(partial)) {
    if (!isObject(actual)) return [line(path, partial, actual)];
    return Object.entries(partial).flatMap(([key, value]) =>
      mismatches(actual[key], value, path ? `${path}.${key}` : key),
    );
  }
  return Object.is(actual, partial) ? [] : [line(path, partial, actual)];
}

function isObject(value: any): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function line(path: string, expected: unknown, actual: unknown): string {
  return `${path || '(whole)'}: expected ${JSON.stringify(expected) ?? 'nothing'}, got ${JSON.stringify(actual) ?? 'nothing'}`;
}
