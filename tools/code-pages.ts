/** What pages say of codes: of errors and warnings (docs/errors.md) and of the preflight's findings (docs/preflight.md). */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ERRORS } from '../src/error-codes';
import { PRECONDITIONS, UNSTATED } from '../src/mesh/preconditions';
import { FINDINGS } from '../src/preflight/codes';

const SRC = resolve(__dirname, '../src');

export const errorPage = () => sections('##', ERRORS);
export const findingPage = () => sections('###', FINDINGS);

/** The codes of errors that are described, and not thrown. */
export function errorsAtSynthesis(): string {
  const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(SRC, file), 'utf8'))
    .join('\n');
  const codes = [...sources.matchAll(/\bdescribe\(\s*'(\w+)'/g)].map(([, code]) => `\`${code}\``);
  return `${[...new Set(codes)].sort().join(', ')}.`;
}

export function warningTable(): string {
  const rows = PRECONDITIONS.map(({ code, statement, otherwise }) => [
    code,
    `says otherwise than \`${statement}\``,
    otherwise,
  ]);
  return [
    '| code | the app | what it means |',
    '| --- | --- | --- |',
    ...[[UNSTATED, 'leaves one of them out', 'nobody knows whether what is declared is enforced'], ...rows].map(
      ([code, app, what]) => `| \`${code}\` | ${app} | ${what} |`,
    ),
  ].join('\n');
}

function sections(heading: string, texts: { readonly [code: string]: string }): string {
  return Object.entries(texts)
    .map(([code, text]) => `${heading} ${code}\n${text}`)
    .join('\n\n');
}
