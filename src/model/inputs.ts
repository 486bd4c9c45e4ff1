import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Other, Reading, readDocuments, Unreadable } from './documents';
import { Manifest } from './manifest';

/** What the command read from files. */
export interface Input {
  readonly manifests: Manifest[];
  readonly unreadable: Unreadable[];
  /** Documents that are no Kubernetes objects. */
  readonly others: Other[];
}

/** Folders that hold no manifests of the user's: those of tools. */
const isSkipped = (name: string): boolean => name.startsWith('.') || name === 'node_modules';

/**
 * Reads manifests from files, from folders with all below them, and from standard input, which is "-". What cannot be read
 * is reported, never thrown. Links to folders are not followed: they can lead in circles.
 */
export function readInputs(paths: string[], wants: (kind: string) => boolean, stdin: () => string): Input {
  const readings = paths.flatMap((path): Reading[] => {
    if (path === '-') return [attempt('(standard input)', stdin, wants)];
    return filesOf(path).map((file) => attempt(file, () => readFileSync(file, 'utf8'), wants));
  });
  return {
    manifests: readings.flatMap(({ manifests }) => manifests),
    unreadable: readings.flatMap(({ unreadable }) => unreadable),
    others: readings.flatMap(({ others }) => others),
  };
}

/** How many bytes files, and folders with all below them, have. */
export function sizeOf(paths: string[]): number {
  return paths.flatMap(filesOf).reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
}

function attempt(file: string, read: () => string, wants: (kind: string) => boolean): Reading {
  try {
    return readDocuments(file, read(), wants);
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0];
    return { manifests: [], unreadable: [{ file, line: 1, column: 1, reason }], others: [] };
  }
}

/** A path that is not there counts as a file, which then cannot be read. */
function filesOf(path: string): string[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
  try {
    return readdirSync(path, { withFileTypes: true })
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => {
        const below = join(path, entry.name);
        if (entry.isDirectory()) return isSkipped(entry.name) ? [] : filesOf(below);
        return /\.(ya?ml|json)$/i.test(entry.name) && isFile(below) ? [below] : [];
      });
  } catch {
    return [path];
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
