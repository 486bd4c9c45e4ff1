import { parseAllDocuments } from 'yaml';
import { Manifest, Source, toManifest } from './manifest';
import { kindOf, Piece, split } from './split';
import { Value } from './value';

/** A document that is no YAML or JSON. */
export interface Unreadable {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly reason: string;
}

/** A document that is no Kubernetes object, as a file of values. */
export interface Other {
  readonly body: Value;
  readonly source: Source;
}

/** What was found in a text. */
export interface Reading {
  readonly manifests: Manifest[];
  readonly unreadable: Unreadable[];
  /** Documents that are no Kubernetes objects. */
  readonly others: Other[];
}

/**
 * Reads the Kubernetes objects of a text: YAML of any number of documents, or JSON; what a List holds counts as if it stood
 * alone. A document that cannot be read is reported and does not keep the others from being read.
 *
 * @param wants The kinds to read. Parsing is what takes the time, and a dump may hold Secrets: other kinds are left alone.
 */
export function readDocuments(file: string, text: string, wants: (kind: string) => boolean = () => true): Reading {
  const reading = { manifests: [] as Manifest[], unreadable: [] as Unreadable[], others: [] as Other[] };
  const add = (content: unknown, line: number): void => {
    const value = new Value(content);
    if (/List$/.test(value.at('kind').text ?? '') && Array.isArray(value.at('items').raw)) {
      for (const item of value.at('items').items) add(item.raw, line);
      return;
    }
    const manifest = toManifest(content, { file, line });
    if (!manifest) {
      if (value.exists) reading.others.push({ body: value, source: { file, line } });
    } else if (wants(manifest.kind)) {
      reading.manifests.push(manifest);
    }
  };

  const json = parseJson(text);
  if (json !== undefined) {
    for (const content of Array.isArray(json) ? json : [json]) add(content, 1);
    return reading;
  }
  for (const piece of split(text)) {
    const kind = kindOf(piece);
    if (kind !== undefined && !/List$/.test(kind) && !wants(kind)) continue;
    const parsed = parseYaml(piece);
    if ('reason' in parsed) reading.unreadable.push({ file, ...parsed });
    else for (const content of parsed.contents) add(content, piece.line);
  }
  return reading;
}

function parseJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Flow-style YAML, or broken: the YAML parser says where.
  }
}

/**
 * Merge keys count, as kubectl reads them. A key that stands twice is an error, as it is for the API server: usually it is two
 * documents without a `---` between them. Positions are worked out for errors only.
 */
const OPTIONS = { merge: true, logLevel: 'silent', prettyErrors: false } as const;

type Parsed = { contents: unknown[] } | Omit<Unreadable, 'file'>;

function parseYaml({ text, line, indent }: Piece): Parsed {
  try {
    const documents = [...parseAllDocuments(text, OPTIONS)];
    const error = documents.flatMap((document) => document.errors)[0];
    if (error) {
      const before = text.slice(0, error.pos[0]).split('\n');
      return {
        line: line + before.length - 1,
        column: before[before.length - 1].length + 1 + indent,
        reason: error.message + hint(text),
      };
    }
    return { contents: documents.map((document) => document.toJS() as unknown) };
  } catch (error) {
    // Aliases that multiply, nesting without end.
    return { line, column: 1, reason: (error as Error).message.split('\n')[0] };
  }
}

function hint(text: string): string {
  return text.includes('{{') ? '; it looks like a template, which has to be rendered first' : '';
}
