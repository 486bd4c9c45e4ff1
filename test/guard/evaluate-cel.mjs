// Answers, for each attempt on standard input, which validations of an admission policy refuse it. In a process of its own,
// because the evaluator is an ES module.
import { readFileSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import { Environment } from '@marcbachmann/cel-js';

/** Kubernetes' own types and functions, as far as policies use them. */
class Cidr {
  constructor(text) {
    const [address, prefix] = text.split('/');
    this.family = `ipv${isIP(address)}`;
    this.list = new BlockList();
    this.list.addSubnet(address, Number(prefix), this.family);
  }
  containsIP(address) {
    return `ipv${isIP(address)}` === this.family && this.list.check(address, this.family);
  }
}

/** Answers every question about rights in the same way. */
class Authorizer {
  constructor(allowed) {
    this.answer = allowed;
  }
}

const environment = new Environment({ unlistedVariablesAreDyn: true });
environment.registerType('Cidr', Cidr);
environment.registerType('Authorizer', Authorizer);
environment.registerFunction('isIP(string): bool', (text) => isIP(text) > 0);
environment.registerFunction('cidr(string): Cidr', (text) => new Cidr(text));
environment.registerFunction('Cidr.containsIP(string): bool', (cidr, address) => cidr.containsIP(address));
for (const step of ['group', 'resource', 'name', 'check']) {
  environment.registerFunction(`Authorizer.${step}(string): Authorizer`, (authorizer) => authorizer);
}
environment.registerFunction('Authorizer.allowed(): bool', (authorizer) => authorizer.answer);
const programs = new Map();

function evaluate(expression, context) {
  if (!programs.has(expression)) programs.set(expression, environment.parse(expression));
  return programs.get(expression)(context);
}

function refusals({ policy, object, oldObject = null, isOwner = false, user = 'somebody' }) {
  const variables = {};
  const request = { namespace: object.metadata.namespace, userInfo: { username: user } };
  const context = { object, oldObject, request, variables, authorizer: new Authorizer(isOwner) };
  for (const { name, expression } of policy.variables) {
    Object.defineProperty(variables, name, { enumerable: true, get: () => evaluate(expression, context) });
  }
  const isAsked = (policy.matchConditions ?? []).every(({ expression }) => evaluate(expression, context) === true);
  if (!isAsked) return [];
  return policy.validations.filter(({ expression }) => evaluate(expression, context) !== true).map(({ message }) => message);
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map(refusals)));
