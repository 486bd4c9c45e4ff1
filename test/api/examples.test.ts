import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as cdk8s from 'cdk8s';
import ts from 'typescript';
import { program, publicApi } from './public-api';
import * as api from '../../src';

/** What all examples take as given; jsii reads it too, to show them in other languages. */
const FIXTURE = readFileSync(join(__dirname, '..', '..', 'rosetta', 'default.ts-fixture'), 'utf8');

const library = program();
const { examples } = publicApi(library);

/** What the compiler says of examples, by class. */
function complaints(sources: Map<string, string | undefined>): string[] {
  // In a block, so that an example may use the names of the fixture for its own.
  const files = [...sources].map(
    ([name, code]) => [`example-${name}`, FIXTURE.replace('/// here', `{\n${code}\n}`)] as const,
  );
  const compiled = program(new Map(files), library);
  return files.flatMap(([file]) => {
    const source = compiled.getSourceFiles().find(({ fileName }) => fileName.endsWith(`/${file}.ts`))!;
    return [...compiled.getSyntacticDiagnostics(source), ...compiled.getSemanticDiagnostics(source)].map(
      ({ messageText }) => `${file}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    );
  });
}

test('every public class has an example', () => {
  expect(examples.size).toBeGreaterThan(30);
  expect([...examples].filter(([, code]) => !code?.trim()).map(([name]) => name)).toEqual([]);
});

test('every example compiles, and what does not is found', () => {
  const wrong = "new EgressGateway(chart, 'Exit', { nam: 'x' });";
  expect(complaints(new Map([...examples, ['Wrong', wrong]]))).toEqual([
    expect.stringMatching(/^example-Wrong: [^]*'nam'/),
  ]);
});

test.each([...examples])('the example of %s can be synthesized', (_, code) => {
  const write = jest.spyOn(api.Installation, 'write').mockReturnValue([]);
  const app = cdk8s.Testing.app();
  const given = {
    ...cdk8s,
    ...api,
    app,
    chart: new cdk8s.Chart(app, 'apps'),
    // Made when it is asked for: the mesh is configured before.
    get exit() {
      return new api.EgressGateway(new cdk8s.Chart(app, 'platform'), 'Exit', { name: 'given', namespace: 'given' });
    },
  };
  const javascript = ts.transpile(code!, { target: ts.ScriptTarget.ES2022 });
  const run = () => new Function('given', `with (given) {\n${javascript}\n}`)(given);
  expect(run).not.toThrow();
  expect(() => app.synth()).not.toThrow();
  write.mockRestore();
});
