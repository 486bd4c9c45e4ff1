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

/** Those that others stand in come first, as Flux applies them. */
export function inStages(documents: string[]): string[][] {
  const isFirst = (document: string) =>
    /^\s*"?kind"?:\s*"?(Namespace|CustomResourceDefinition)"?\s*$/m.test(document) ||
    document.includes('"kind":"Namespace"');
  return [documents.filter(isFirst), documents.filter((document) => !isFirst(document))].filter(
    (stage) => stage.length,
  );
}

/** The objects of a kind, as `namespace/name`. */
export function namesOf(documents: string[], kind: string): string[] {
  return documents
    .map((document) => parse(document))
    .filter((object) => object?.kind === kind)
    .map(({ metadata }) => `${metadata.namespace ?? 'default'}/${metadata.name}`);
}
