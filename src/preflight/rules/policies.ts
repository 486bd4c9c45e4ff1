import { AuthorizationPolicy, Policy } from '../../model/policy';
import { selects } from '../../model/selectors';
import { Value } from '../../model/value';
import { Exit } from '../exits';
import { World } from '../world';

/** Whether a policy holds for pods: those of its own namespace, or all from the root namespace, that have its labels. */
export function holdsFor(world: World, policy: Policy, pods: Pick<Exit, 'namespace' | 'labels'>): boolean {
  if (policy.targeted) return false;
  const inScope = policy.namespace === pods.namespace || policy.namespace === world.settings.rootNamespace;
  return inScope && selects(policy.selector, pods.labels);
}

/** The policies of ours that let calls through at an exit. */
export function allowing(world: World, exit: Exit): AuthorizationPolicy[] {
  return world.policies.filter(
    (policy) => world.isOurs(policy) && policy.action === 'ALLOW' && holdsFor(world, policy, exit),
  );
}

/** Whether a rule lets in, or refuses, everybody. */
export function isForEverybody(rule: Value): boolean {
  const sources = rule.at('from').items.map((from) => from.at('source'));
  if (rule.at('when').items.length > 0) return false;
  return sources.length === 0 || sources.some((source) => !source.exists || source.empty || anybody(source));
}

/** Whether a rule is for every call, whatever it asks for. */
export function isForEveryCall(rule: Value): boolean {
  const operations = rule.at('to').items.map((to) => to.at('operation'));
  return operations.length === 0 || operations.some((operation) => !operation.exists || operation.empty);
}

function anybody(source: Value): boolean {
  const fields = ['principals', 'namespaces', 'serviceAccounts', 'ipBlocks', 'remoteIpBlocks', 'requestPrincipals'];
  const named = fields.filter((field) => source.at(field).items.length > 0);
  if (fields.some((field) => source.at(`not${field[0].toUpperCase()}${field.slice(1)}`).items.length > 0)) return false;
  return named.every((field) => source.at(field).texts.includes('*'));
}
