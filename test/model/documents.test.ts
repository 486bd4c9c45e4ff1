import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseAllDocuments, stringify } from 'yaml';
import { readDocuments } from '../../src/model/documents';
import { identity } from '../../src/model/manifest';

const read = (text: string) => {
  const { manifests, unreadable, others } = readDocuments('a.yaml', text);
  return {
    names: manifests.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`),
    lines: manifests.map(({ source }) => source.line),
    unreadable: unreadable.map(({ line, column }) => `${line}:${column}`),
    others: others.length,
  };
};
const service = (name: string) => `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: a }\n`;

test('reads documents, each with its line', () => {
  expect(read(`# first\n${service('a')}---\n${service('b')}...\n--- # third\n${service('c')}`)).toEqual({
    names: ['Service a/a', 'Service a/b', 'Service a/c'],
    lines: [1, 5, 10],
    unreadable: [],
    others: 0,
  });
});

test('reports what is broken and reads the rest', () => {
  const text = `${service('a')}---\nkind: {{ .Values.kind }}\nmetadata:\n  name: [\n---\n${service('b')}---\n\tname: x\n`;
  const { names, unreadable } = read(text);
  expect(names).toEqual(['Service a/a', 'Service a/b']);
  expect(unreadable).toHaveLength(2);
  expect(unreadable[0]).toMatch(/^[5-8]:/);
  expect(unreadable[1]).toMatch(/^13:/);
  expect(readDocuments('a', text).unreadable[0].reason).toContain('it looks like a template');
});

test('counts what is no object, and is silent about nothing', () => {
  expect(read(`---\n---\n# nothing\n---\nreplicas: 2\n---\njust text\n---\n- a\n---\nkind: Service\n`)).toMatchObject({
    names: [],
    others: 4,
    unreadable: [],
  });
  expect(read('')).toMatchObject({ names: [], others: 0, unreadable: [] });
});

test.each([
  [
    'as kubectl prints it',
    `apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Service\n  metadata:\n    name: a\n    namespace: a\n\n# b\n- apiVersion: v1\n  data: |\n    kind: x\n\n    - y\n  kind: Service\n  metadata: { name: b, namespace: a }\nkind: List\nmetadata:\n  resourceVersion: ""\n`,
    [3, 10],
  ],
  [
    'indented',
    `kind: ServiceList\napiVersion: v1\nitems:\n  - apiVersion: v1\n    kind: Service\n    metadata: { name: a, namespace: a }\n  - apiVersion: v1\n    kind: Service\n    metadata: { name: b, namespace: a }\n`,
    [4, 7],
  ],
  [
    'in flow style',
    `{ apiVersion: v1, kind: List, items: [{ apiVersion: v1, kind: Service, metadata: { name: a, namespace: a } }, { apiVersion: v1, kind: Service, metadata: { name: b, namespace: a } }] }`,
    [1, 1],
  ],
  [
    'with anchors that items share',
    `apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Service\n  metadata: { name: a, namespace: &ns a }\n- apiVersion: v1\n  kind: Service\n  metadata: { name: b, namespace: *ns }\n`,
    [1, 1],
  ],
  [
    'in JSON',
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: ['a', 'b'].map((name) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'a' } })),
    }),
    [1, 1],
  ],
])('reads the items of a List %s', (_, text, lines) => {
  expect(read(text)).toEqual({ names: ['Service a/a', 'Service a/b'], lines, unreadable: [], others: 0 });
});

test('a broken item of a List does not take the others with it', () => {
  const text = `apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Service\n  metadata: { name: a }\n- apiVersion: [\n- apiVersion: v1\n  kind: Service\n  metadata: { name: b }\nkind: List\n`;
  expect(read(text)).toMatchObject({ names: ['Service default/a', 'Service default/b'], others: 0 });
  expect(read(text).unreadable[0]).toMatch(/^6:/);
});

test('leaves other kinds alone, so that Secrets are not even parsed', () => {
  const { manifests, unreadable } = readDocuments(
    'a.yaml',
    `kind: Secret\ndata: [\n---\nkind: 'Secret' # x\ndata: {\n---\n${service('a')}`,
    (kind) => kind === 'Service',
  );
  expect(manifests).toHaveLength(1);
  expect(unreadable).toEqual([]);
});

test('merges keys', () => {
  const { manifests } = readDocuments('a.yaml', `${service('a')}spec:\n  <<: &x { a: 1, b: 2 }\n  b: 3\n`);
  expect(manifests[0].spec.raw).toEqual({ a: 1, b: 3 });
});

test('reports two documents that nothing divides', () => {
  expect(read(service('a') + service('b'))).toMatchObject({ names: [], unreadable: ['4:1'] });
});

test.each([
  [
    'aliases that multiply',
    `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefghi'[i]}`).join()}]`).join('\n')}\n`,
  ],
  ['nesting without end', '['.repeat(20_000)],
])('survives %s', (_, text) => {
  expect(read(text).unreadable).toHaveLength(1);
});

test('an object that holds itself', () => {
  const { manifests } = readDocuments('a.yaml', `${service('a')}spec: &a { b: *a }\n`);
  expect(manifests[0]?.spec.canonical ?? '…').toContain('…');
});

test('CRLF, byte order mark, quotes', () => {
  expect(read(`\uFEFF${service('a').replaceAll('\n', '\r\n')}---\r\n${service('b')}`).names).toEqual([
    'Service a/a',
    'Service a/b',
  ]);
});

test('random text never makes it fail', () => {
  const lines = fc.constantFrom(
    '---',
    'items:',
    '- a: 1',
    'kind: List',
    '  - b',
    'apiVersion: v1',
    'metadata:',
    '  name: x',
    '...',
    '{',
    '"',
    '&a x',
    '*a',
    '\t',
    '? x',
    ': y',
    '|',
    '%YAML 1.2',
    '<<: *a',
    '!!binary x',
    '- - -',
    '',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(lines, fc.string()), { maxLength: 12 }), (parts) => {
      readDocuments('a', parts.join('\n'));
    }),
  );
});

test('reads any content as the parser does by itself', () => {
  const content = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.array(fc.string())));
  fc.assert(
    fc.property(fc.array(content, { minLength: 1, maxLength: 4 }), fc.boolean(), (specs, indentSeq) => {
      const items = specs.map((spec, index) => ({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: `n${index}` },
        spec,
      }));
      const parsed = (text: string) => readDocuments('a', text).manifests.map(({ spec }) => spec.raw);
      expect(parsed(stringify({ apiVersion: 'v1', items, kind: 'List' }, { indentSeq }))).toEqual(specs);
      expect(parsed(items.map((item) => stringify(item)).join('---\n'))).toEqual(specs);
      expect(parsed(JSON.stringify({ kind: 'List', items }))).toEqual(specs);
    }),
  );
});

test('reads every manifest of the repository', () => {
  for (const folder of ['dist', 'e2e/fixtures']) {
    const root = join(__dirname, '../..', folder);
    for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.yaml'),
    )) {
      const text = readFileSync(join(root, file), 'utf8');
      const { manifests, others, unreadable } = readDocuments(file, text);
      const documents = [...parseAllDocuments(text)].map((document) => document.toJS()).filter(Boolean);
      expect(unreadable).toEqual([]);
      expect(manifests.length + others.length).toBe(documents.length);
      expect(new Set(manifests.map(identity)).size).toBe(manifests.length);
    }
  }
});
