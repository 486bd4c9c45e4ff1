import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { embed, PAGES } from '../../tools/embed';

const ROOT = resolve(__dirname, '../..');

test.each(PAGES)('%s shows the files as they are', (page) => {
  const { before, after } = embed(page);
  expect(before).toBe(after);
});

test.each(PAGES)('the links of %s lead somewhere', (page) => {
  // Regular expressions in YAML look like links.
  const text = readFileSync(join(ROOT, page), 'utf8').replace(/^```[^]*?^```$/gm, '');
  const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map((match) => match[1]);
  expect(links.filter((link) => !existsSync(join(ROOT, dirname(page), link)))).toEqual([]);
});
