/** Host headers and :authority as callers may write them, and what they mean. */

/** A host and port that a call names. */
export interface Named {
  readonly host: string;
  readonly port: number;
}

/** What an honest client writes, in the forms of RFC 9110; undefined for everything else, which must not reach any host. */
export function readAuthority(text: string): Named | undefined {
  const match = /^([a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?)(?::([1-9]\d{0,4}))?$/i.exec(text);
  if (!match || match[1].includes('..')) return undefined;
  return { host: match[1].toLowerCase(), port: match[3] === undefined ? 80 : Number(match[3]) };
}

/** Every form that a client writes which means no harm. */
export const honest = ({ host, port }: Named): string[] => [
  ...(port === 80 ? [host] : []),
  `${host}:${port}`,
  `${host.toUpperCase()}:${port}`,
];

/**
 * Every form that could be read in two ways, of one name beside another: ports that are none, several of them, other names behind
 * them, in front of them, dots, brackets, escapes.
 */
export const dishonest = ({ host, port }: Named, other: Named): string[] => [
  `${host}:${other.host}`,
  `${host}:${other.host}:${other.port}`,
  `${host}:${port}:${other.host}`,
  `${host}:${port}:${other.host}:${other.port}`,
  `${host}:`,
  `${host}:0${port}`,
  `${host}:+${port}`,
  `${host}:${port}.${other.host}`,
  `${host}:${port}/.${other.host}`,
  `${host}.`,
  `${host}.:${port}`,
  `.${host}`,
  `[${host}]`,
  `[${host}]:${port}`,
  `${other.host}@${host}`,
  `${host}@${other.host}`,
  `${other.host}:${other.port}@${host}:${port}`,
  `${host},${other.host}`,
  `${host} ${other.host}`,
  `${host}/.${other.host}`,
  `${host}#.${other.host}`,
  `${host}?.${other.host}`,
  `${host}%00.${other.host}`,
  `${host}%2e${other.host}`,
  `${host}\\.${other.host}`,
  `*.${other.host}`,
  other.host.replace(/^[^.]+/, '*'),
  `:${port}`,
  '',
];
