import { IConstruct } from 'constructs';

/** Groups of items with one key that have more than one member. */
export function clashes<T>(items: T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/** The first of many names, for errors. */
export function some(names: Set<string>): string {
  const [first, second, ...others] = names;
  return [first, second, ...(others.length > 0 ? [`${others.length} more`] : [])].join(' and to ');
}

/** Where constructs are, for errors. */
export function paths(constructs: IConstruct[]): string[] {
  return constructs.map((construct) => construct.node.path);
}
