import { Yaml } from 'cdk8s';
import fc from 'fast-check';
import { oddTree, text, tree } from './documents';
import { documentOf } from '../../../src/fast-app/yaml/document';

/** `tools/same-files.ts` asks for more. */
const numRuns = Number(process.env.RANDOM_DOCUMENTS ?? 3000);

/** A document, or the error's words. */
function outcome(write: () => string): string {
  try {
    return write();
  } catch (error) {
    return `${error}`;
  }
}

function expectSame(document: unknown, fresh: boolean) {
  const expected = outcome(() => Yaml.stringify(document));
  const actual = outcome(() => documentOf(document, fresh));
  if (actual !== expected) throw new Error(`cdk8s writes\n${expected}\nbut here it is\n${actual}`);
}

test('a document of plain values is what cdk8s writes', () => {
  fc.assert(
    fc.property(tree, (document) => expectSame(document, true)),
    { numRuns },
  );
});

test('so is one that holds a value twice, or what is not plain', () => {
  fc.assert(
    fc.property(oddTree, (document) => expectSame(document, false)),
    { numRuns: numRuns / 10 },
  );
});

test('so is any text, as a key, a value, an item and a document', () => {
  fc.assert(
    fc.property(text, (word) => {
      expectSame({ [word]: word, list: [word, [word]], map: { [word]: { [word]: [] } } }, true);
      expectSame(word, false);
    }),
    { numRuns },
  );
});

test('most are written without asking for them as a whole', () => {
  const asked = jest.spyOn(Yaml, 'stringify');
  const documents = fc.sample(tree, 500);
  for (const document of documents) documentOf(document, true);
  const whole = documents.filter((document) => asked.mock.calls.some(([given]) => given === document));
  expect(whole.length).toBeLessThan(250);
});
