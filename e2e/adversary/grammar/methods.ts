/** Methods as callers may write them. */

/** Those that every server knows. */
export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'];

/** Those that servers and proxies read differently, or not at all: in other case, for proxies alone, of other standards, of none. */
export const ODD_METHODS = [
  'get',
  'Get',
  'gET',
  'post',
  'head',
  'CONNECT',
  'connect',
  'TRACE',
  'PROPFIND',
  'PURGE',
  'M-SEARCH',
  'QUERY',
  'BREW',
  'GET-',
  'GETT',
  "G'ET",
  'PRI',
];
