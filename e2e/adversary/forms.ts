import { dishonest } from './grammar/authorities';
import { dishonestPaths } from './grammar/paths';
import { Move } from './story';

/** The Host header that a move sends; undefined for what its client writes by itself. */
export function authorityOf({ host, port, other, form }: Move): string | undefined {
  if (form === 0) return undefined;
  const forms = [
    `${host.toUpperCase()}:${port}`,
    host,
    other,
    `${other}:${port}`,
    ...dishonest({ host, port }, { host: other, port: 80 }),
    ...dishonest({ host: other, port: 80 }, { host, port }),
  ];
  return forms[form % forms.length];
}

const PATHS = ['/v1/a', '/admin', '/admin/x', '/v2', '/v1/a?x=/admin', ...dishonestPaths('/v1', '/admin')];

/** The path that a move asks for. */
export const pathOf = ({ path }: Move): string => PATHS[path % PATHS.length];
