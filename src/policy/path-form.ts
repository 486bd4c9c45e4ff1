/**
 * A character that stands for itself wherever a path is read. Not among them: ";", from which on some servers drop what a
 * segment says; "\", which some read as "/"; and what no path can hold unless it is percent-encoded.
 */
const LITERAL = "[A-Za-z0-9_~!$&'()*+,:=@\\[\\]-]";

const NEXT = '%[89ABab][0-9A-Fa-f]';

/**
 * What may be percent-encoded: characters that end or begin nothing in a path, and UTF-8 in its shortest form. Never "/", "\",
 * ".", ";", "?", "#", "%" and control characters, which a server that decodes would read as another path; and never letters and
 * digits, for which Envoy decodes them before any policy reads the path.
 */
const ENCODED = [
  '%(2[1246-9A-Ca-c]|3[AC-Eac-e]|40|5[BDEbde]|60|7[B-Db-d])',
  `%([Cc][2-9A-Fa-f]|[Dd][0-9A-Fa-f])${NEXT}`,
  `%[Ee](0%[ABab][0-9A-Fa-f]|[1-9A-Fa-f]${NEXT})${NEXT}`,
  `%[Ff](0%[9ABab][0-9A-Fa-f]|[1-4]${NEXT})${NEXT}${NEXT}`,
].join('|');

/** What some servers take off the end of a segment, as Windows does of names of files: what has nothing else is "." or "..", or nothing. */
const BLANK = '(\\.|%20)*';

/** A character that is neither dot nor space, behind any number of them: "..", and "..%20", are steps, not names. */
const NAMED = `${BLANK}(${LITERAL}|${ENCODED})`;

/**
 * The paths that every server reads as a policy did, as a regular expression in RE2's syntax for a whole path without query: no
 * empty segments, no steps, nothing encoded that would mean something else when it is decoded.
 *
 * Servers that take upper case for lower case, or "/a/", "/a." or "/a " for "/a", or wide characters for narrow ones, read more than one
 * path as the same even so.
 */
export const UNAMBIGUOUS_PATH = `/(${NAMED}((${BLANK}/)?${NAMED})*${BLANK}/?)?`;

const WHOLE = new RegExp(`^${UNAMBIGUOUS_PATH}$`);

/** Whether every server reads this path, without its query, as a policy does. */
export function isUnambiguousPath(path: string): boolean {
  return WHOLE.test(path);
}

/** Nothing in it can be sent in another spelling: not even encoded where it could stand for itself. */
export function hasOneSpelling(path: string): boolean {
  return /^[A-Za-z0-9._~/-]*$/.test(path);
}

/** Headers by which some frameworks take another path than the request line's. */
export const PATH_HEADERS = ['x-original-uri', 'x-original-url', 'x-rewrite-url'];
