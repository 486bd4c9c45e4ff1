import { literal, Variable } from './cel';
import { AdmissionFacts } from './facts';

/** What rules share: facts of the app as literals, and what has to be read out of the object in more than one place. */
export function variables(facts: AdmissionFacts): Variable[] {
  const variable = (name: string, expression: string) => ({ name, expression });
  const fact = (name: string, value: unknown) => variable(name, literal(value));
  const service = `.svc.${facts.clusterDomain}`;
  // A list that is empty is for Istio as one that is absent.
  const exportTo = `has(variables.spec.exportTo) && variables.spec.exportTo.size() > 0 ? variables.spec.exportTo : ["*"]`;
  return [
    fact('exitNamespaces', facts.exitNamespaces),
    fact('exitLabels', facts.exitLabels),
    fact('direct', facts.direct),
    fact('ranges', facts.ranges),
    fact('observed', facts.observed),
    variable('spec', 'has(object.spec) ? object.spec : {}'),
    variable('exportTo', exportTo),
    variable('exported', 'variables.exportTo.exists(to, to == "*" || to in variables.exitNamespaces)'),
    variable(
      'hosts',
      'has(variables.spec.host) ? [variables.spec.host] : (has(variables.spec.hosts) ? variables.spec.hosts : [])',
    ),
    // A name without a dot is one of the namespace's own Services. A wildcard can stand for Services alone, as "*.local".
    variable(
      'external',
      `variables.hosts.exists(host, host == "*" || (host.contains(".") && !host.endsWith(".svc") && !host.endsWith(${literal(service)}) && !(host.startsWith("*") && ${literal(service)}.endsWith(host.substring(1)))))`,
    ),
    variable(
      'policies',
      '(has(variables.spec.trafficPolicy) ? [variables.spec.trafficPolicy] : []) + (has(variables.spec.subsets) ? variables.spec.subsets.filter(subset, has(subset.trafficPolicy)).map(subset, subset.trafficPolicy) : [])',
    ),
    variable(
      'isDirect',
      'request.namespace in variables.direct && variables.hosts.all(host, host in variables.direct[request.namespace])',
    ),
  ];
}
