/** Paths that two readers may read differently: one that compares them as they are, and one that decodes and resolves them. */

/** Forms of a path below an allowed prefix that could come to another path, or to one above it. */
export const dishonestPaths = (allowed: string, wanted: string): string[] => {
  const up = allowed.split('/').filter(Boolean);
  const climb = (step: string, slash: string) =>
    `${allowed}/${up.map(() => step).join(slash)}${slash}${wanted.replace(/^\//, '')}`;
  return [
    climb('..', '/'),
    climb('..', '%2f'),
    climb('..', '%2F'),
    climb('%2e%2e', '/'),
    climb('%2E%2e', '%2f'),
    climb('..', '%5c'),
    climb('..', '\\'),
    climb('.%2e', '/'),
    climb('..;', '/'),
    climb('..%00', '/'),
    climb('..', '//'),
    climb('%252e%252e', '%252f'),
    `${allowed}//${wanted}`,
    `${allowed};/${wanted}`,
    `/${wanted}`,
    `/.${wanted}`,
    `${allowed}/.${wanted}`,
  ];
};

/**
 * What a server may take a path for that decodes it, takes backslashes for slashes, drops parameters and resolves dots: the reading
 * that goes furthest.
 */
export function furthestReading(path: string): string {
  let text = path.split('?')[0];
  for (let round = 0; round < 3; round++) {
    text = text.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  }
  const segments: string[] = [];
  for (const raw of text.replace(/\\/g, '/').split('/')) {
    const segment = raw.replace(/[;\0].*$/, '');
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return `/${segments.join('/')}`;
}
