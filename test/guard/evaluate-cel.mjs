// Answers, for each object on standard input, which validations of an admission policy refuse it. In a process of its own,
// because the evaluator is an ES module.
import { readFileSync } from 'node:fs';
import { Environment } from '@marcbachmann/cel-js';

const environment = new Environment({ unlistedVariablesAreDyn: true });
const programs = new Map();

function evaluate(expression, context) {
  if (!programs.has(expression)) programs.set(expression, environment.parse(expression));
  return programs.get(expression)(context);
}

function refusals({ policy, object }) {
  const variables = {};
  const context = { object, request: { namespace: object.metadata.namespace }, variables };
  for (const { name, expression } of policy.variables) {
    Object.defineProperty(variables, name, { enumerable: true, get: () => evaluate(expression, context) });
  }
  return policy.validations.filter(({ expression }) => evaluate(expression, context) !== true).map(({ message }) => message);
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map(refusals)));
