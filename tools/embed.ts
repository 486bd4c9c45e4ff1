/**
 * Puts files of the repository into the documentation, so that every example there is one that is compiled and tested:
 *
 *     <!-- embed: PATH -->            the whole file
 *     <!-- embed: PATH#KIND/NAME -->  one document of a YAML file
 *
 * Markdown becomes a part of the page, everything else a block of code. And what is made of lists in the code:
 *
 *     <!-- made: NAME -->             what MADE says under that name
 *
 * What follows up to `<!-- /embed -->` or `<!-- /made -->` is replaced. `tsx tools/embed.ts` rewrites all pages.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { errorPage, errorsAtSynthesis, findingPage, warningTable } from './code-pages';
import { costs } from './costs';
import { layerDrawing, layerTable } from './layers';

const ROOT = resolve(__dirname, '..');

const MADE: { readonly [name: string]: () => string } = {
  costs,
  'drawing of layers': layerDrawing,
  'table of layers': layerTable,
  errors: errorPage,
  'errors at synthesis': errorsAtSynthesis,
  warnings: warningTable,
  findings: findingPage,
};

/** Every page that can embed files. */
export const PAGES = [
  'README.md',
  'ARCHITECTURE.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];

/** A page as it is, and as it has to be. */
export function embed(page: string): { before: string; after: string } {
  const before = readFileSync(join(ROOT, page), 'utf8');
  const after = before
    .replace(
      /<!-- embed: (\S+) -->\n[^]*?<!-- \/embed -->/g,
      (_, source: string) => `<!-- embed: ${source} -->\n${shown(source)}\n<!-- /embed -->`,
    )
    .replace(
      /<!-- made: (.+) -->\n[^]*?<!-- \/made -->/g,
      (_, name: string) => `<!-- made: ${name} -->\n${MADE[name]()}\n<!-- /made -->`,
    );
  return { before, after };
}

function shown(source: string): string {
  const [path, fragment] = source.split('#');
  const text = readFileSync(join(ROOT, path), 'utf8');
  const content = (fragment ? yamlDocument(text, fragment) : text).trim();
  return extname(path) === '.md' ? content : `\`\`\`${extname(path).slice(1)}\n${content}\n\`\`\``;
}

function yamlDocument(text: string, fragment: string): string {
  const found = text.split(/^---$/m).find((document) => {
    const { kind, metadata } = parseDocument(document).toJS();
    return `${kind}/${metadata.name}` === fragment;
  });
  if (!found) throw new Error(`no document ${fragment}`);
  return found;
}

if (require.main === module) {
  for (const page of PAGES) writeFileSync(join(ROOT, page), embed(page).after);
}
