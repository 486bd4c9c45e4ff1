import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';

/** Manifests: a folder, a file, YAML text, or objects. */
export type Manifests = string | object | object[];

function filesOf(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => a.name.localeCompare(b.name))
    .flatMap((entry) => (entry.isDirectory() ? filesOf(join(path, entry.name)) : [join(path, entry.name)]))
    .filter((file) => /\.(ya?ml|json)$/.test(file));
}

/** The documents as text. They are never parsed and printed again: what is tested is what was written. */
export function documentsOf(manifests: Manifests, except: string[] = []): string[] {
  if (typeof manifests !== 'string') return [manifests].flat().map((object) => JSON.stringify(object));
  const isText = !manifests.trim() || manifests.includes('\n') || manifests.trimStart().startsWith('{');
  const texts = isText
    ? [manifests]
    : filesOf(manifests)
        .filter((file) => !except.includes(resolve(file)))
        .map((file) => readFileSync(file, 'utf8'));
  return texts.flatMap((text) => text.split(/^---.*$/m)).filter((document) => /^\s*[^#\s]/m.test(document));
}

const ENCLOSING = ['Namespace', 'CustomResourceDefinition'];

/** istiod asks once whether a gateway may read Secrets, and remembers a no for a minute: the right must be there before the pod. */
const BEFORE_PODS = ['ServiceAccount', 'Role', 'RoleBinding', 'ConfigMap', 'Secret'];

/** Those that others stand in come first, then those that pods need, then the rest as they are given: as Flux applies them. */
export function inOrder(documents: string[]): string[] {
  const rank = (document: string) => {
    const { kind } = parse(document);
    return ENCLOSING.includes(kind) ? 0 : BEFORE_PODS.includes(kind) ? 1 : 2;
  };
  return documents
    .map((document) => ({ document, rank: rank(document) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ document }) => document);
}

/** The objects of a kind, as `namespace/name`. */
export function namesOf(documents: string[], kind: string): string[] {
  return documents
    .map((document) => parse(document))
    .filter((object) => object?.kind === kind)
    .map(({ metadata }) => `${metadata.namespace ?? 'default'}/${metadata.name}`);
}
