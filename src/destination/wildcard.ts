/** Whether it stands for all names below a domain. */
export const isWildcard = (host: string): boolean => host.startsWith('*.');

/** Whether a host is below the domain of a wildcard. */
export const isBelow = (host: string, wildcard: string): boolean =>
  host !== wildcard && isWildcard(wildcard) && host.endsWith(wildcard.slice(1));
