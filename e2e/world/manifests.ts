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
  const isText = manifests.includes('\n') || manifests.trimStart().startsWith('{');
  const texts = isText
    ? [manifests]
    : filesOf(manifests)
        .filter((file) => !except.includes(resolve(file)))
        .map((file) => readFileSync(file, 'utf8'));
  return texts.flatMap((text) => text.split(/^---.*$/m)).filter((document) => /^\s*[^#\s]/m.test(document));
}

const kindOf = (document: string): string => parse(document)?.kind ?? '';

const ENCLOSING = new Set(['Namespace', 'CustomResourceDefinition']);

/** istiod asks once whether a gateway may read Secrets, and remembers a no for a minute: the right must be there before the pod. */
const BEFORE_PODS = new Set(['ServiceAccount', 'Role', 'RoleBinding', 'ConfigMap', 'Secret']);

/** Those that others stand in come first, then those that pods need, as Flux applies them. */
export function inStages(documents: string[]): string[][] {
  const stages: string[][] = [[], []];
  for (const document of documents) stages[ENCLOSING.has(kindOf(document)) ? 0 : 1].push(document);
  const rank = (document: string) => (BEFORE_PODS.has(kindOf(document)) ? 0 : 1);
  stages[1].sort((a, b) => rank(a) - rank(b));
  return stages.filter((stage) => stage.length);
}

/** The objects of a kind, as `namespace/name`. */
export function namesOf(documents: string[], kind: string): string[] {
  return documents
    .map((document) => parse(document))
    .filter((object) => object?.kind === kind)
    .map(({ metadata }) => `${metadata.namespace ?? 'default'}/${metadata.name}`);
}
