import { dishonest } from './grammar/authorities';
import { HeaderForm, headerForms } from './grammar/headers';
import { METHODS } from './grammar/methods';
import { dishonestPaths } from './grammar/paths';
import { HONEST_SERVER_NAMES, serverNames } from './grammar/server-names';
import { Move } from './story';

/** The forms of Host, counted from 1. */
const authorities = (host: string, port: number, other: string): string[] => [
  `${host.toUpperCase()}:${port}`,
  host,
  other,
  `${other}:${port}`,
  ...dishonest({ host, port }, { host: other, port: 80 }),
  ...dishonest({ host: other, port: 80 }, { host, port }),
];

/** Paths of which every reader makes the same come first. */
const paths = (other: string): string[] => [
  '/v1/a',
  '/admin',
  '/admin/x',
  '/v2',
  '/v1/a?x=/admin',
  ...dishonestPaths('/v1', '/admin'),
  `http://${other}/v1/a`,
  `http://${other}:80/admin`,
  `https://${other}/v1/a`,
  `//${other}/v1/a`,
];
const PLAIN_PATHS = 5;

/** How many forms there are of each, with the client's own. */
export const AUTHORITY_FORMS = authorities('', 0, '').length + 1;
export const PATH_FORMS = paths('').length;
export const SERVER_NAME_FORMS = serverNames('', '', 0).length + 1;
export const HEADER_FORMS = headerForms('', '', '').length;

const isTls = ({ speaks }: Move) => speaks === 'tls';

/** The Host header that a move sends; undefined for what its client writes by itself. */
export function authorityOf(move: Move): string | undefined {
  if (move.form === 0 || isTls(move)) return undefined;
  return authorities(move.host, move.port, move.other)[move.form - 1];
}

/** The server name of TLS that a move sends; undefined for what its client writes by itself. */
export function serverNameOf(move: Move): string | undefined {
  if (move.form === 0 || !isTls(move)) return undefined;
  return serverNames(move.host, move.other, move.port)[move.form - 1];
}

/** The path that a move asks for. */
export const pathOf = ({ path, other }: Move): string => paths(other)[path];

/** The header lines that a move adds. */
export const headersOf = ({ header, host, other }: Move): HeaderForm => headerForms(host, other, 'pay/report')[header];

/** Whether everybody who reads a move reads the same: what it declares must work then. */
export function isPlain(move: Move): boolean {
  const names = isTls(move) ? HONEST_SERVER_NAMES : 0;
  return (
    move.way !== 'door' &&
    move.form <= names &&
    move.path < PLAIN_PATHS &&
    METHODS.includes(move.method) &&
    headersOf(move).means !== 'anything'
  );
}
