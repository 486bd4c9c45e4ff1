import { isDeepStrictEqual } from 'node:util';
import { parseAllDocuments } from 'yaml';

type Manifest = { kind: string; apiVersion: string; metadata: { name: string; namespace?: string }; spec?: unknown };

/**
 * Where two outputs differ as Kubernetes would read them, in whatever order and notation they stand; undefined if nowhere. Peers are
 * compared only when what they emit is this library's, object by object.
 */
export function difference(given: string, expected: string): string | undefined {
  const [ours, theirs] = [byName(expected), byName(given)];
  for (const [name, object] of ours) {
    if (!theirs.has(name)) return `${name} is missing`;
    if (!isDeepStrictEqual(theirs.get(name), object)) {
      return `${name} is ${JSON.stringify(theirs.get(name))}, not ${JSON.stringify(object)}`;
    }
  }
  const extra = [...theirs.keys()].find((name) => !ours.has(name));
  return extra && `${extra} is not expected`;
}

function byName(text: string): Map<string, Manifest> {
  const objects = parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((object) => object !== null);
  return new Map(
    objects.map((object) => [`${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`, object]),
  );
}
