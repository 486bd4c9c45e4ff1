import { createHash } from 'node:crypto';
import { Construct } from 'constructs';
import { EgressError } from './errors';

/** The limit of a DNS-1123 label, which the shortest-lived of our names (a Service's) must keep. */
const MAX_LENGTH = 63;
const HASH_LENGTH = 8;
const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/**
 * Joins ids to a DNS-1123 label of at most 63 characters: each in kebab case, equal neighbours once.
 *
 * @throws NameSyntax if nothing of the ids can stand in a name
 */
export function joinName(scope: Construct, ...ids: string[]): string {
  const name = ids
    .map(kebab)
    .filter((part, index, all) => part !== '' && part !== all[index - 1])
    .join('-');
  if (name !== '') return shorten(name);
  throw new EgressError('NameSyntax', scope, {
    what: 'no object name can be made from these ids',
    given: ids,
    allowed: 'ids with at least one of a-z, A-Z, 0-9',
    fix: 'give the construct another id, or set `name`',
  });
}

/**
 * The name of an object that a construct has in each of several namespaces: the namespace in front, unless the name begins with it
 * anyway.
 *
 * @throws NameSyntax
 */
export function placedName(scope: Construct, place: string, name: string): string {
  return name === place || name.startsWith(`${place}-`) ? joinName(scope, name) : joinName(scope, place, name);
}

/**
 * The name of what a part of something else has: a host at an exit, a namespace's policy. The dot keeps apart what a dash
 * would mix up ("a-b" of "c", "b-c" of "a"); the parts are valid names already.
 */
export function dottedName(...parts: string[]): string {
  return shorten(parts.join('.'));
}

/** Names an exit in other namespaces: by its namespace too, unless the two are equal. */
export function exitLabel({ exitName, namespace }: { exitName: string; namespace: string }): string {
  return exitName === namespace ? exitName : dottedName(exitName, namespace);
}

/** The full DNS name of a Service. */
export function serviceHost(service: string, namespace: string, clusterDomain: string): string {
  return `${service}.${namespace}.svc.${clusterDomain}`;
}

/** What is too long keeps its beginning and ends in a short hash of the whole, so that it stays unique and stable. */
export function shorten(name: string): string {
  if (name.length <= MAX_LENGTH) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_LENGTH);
  return `${name.slice(0, MAX_LENGTH - HASH_LENGTH - 1).replace(/[-.]+$/, '')}-${hash}`;
}

/**
 * Accepts a name that the user chose, exactly as it is. "constructor" is none: every JavaScript object has that already, those in which
 * constructs keep their children by name too.
 *
 * @throws NameSyntax
 */
export function checkName(scope: Construct | string, property: string, name: string): string {
  if (typeof name !== 'string' || name.length > MAX_LENGTH || !LABEL.test(name) || name in {}) {
    throw new EgressError('NameSyntax', scope, {
      what: `\`${property}\` is not a DNS-1123 label, or none that constructs can tell from their own`,
      given: name,
      allowed: 'a-z, 0-9 and "-", at most 63 characters, a letter or digit at both ends, and not "constructor"',
      fix: `choose another \`${property}\``,
    });
  }
  return name;
}

/** Accepts a name of labels with dots between them: a DNS-1123 subdomain. @throws NameSyntax */
export function checkDottedName(scope: Construct | string, property: string, name: unknown): string {
  if (typeof name !== 'string') return checkName(scope, property, name as string);
  for (const label of name.split('.')) checkName(scope, property, label);
  return name;
}

function kebab(part: string): string {
  return part
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
