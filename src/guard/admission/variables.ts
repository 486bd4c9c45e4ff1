import { KIND_OF_OBJECT, literal, Variable } from './cel';
import { AdmissionFacts } from './facts';

const PORTS = '(has(variables.spec.ports) ? variables.spec.ports : [])';

/** Each of a ServiceEntry's hosts may be reached on each of its ports, and nowhere but there. */
const IS_DIRECT = [
  'request.namespace in variables.direct',
  'variables.hosts.size() > 0',
  `variables.hosts.all(host, (host + " *") in variables.direct[request.namespace].hosts || (${PORTS}.size() > 0 && ${PORTS}.all(port, (host + " " + string(port.number) + ">" + string(has(port.targetPort) ? port.targetPort : port.number)) in variables.direct[request.namespace].hosts)))`,
  '(!has(variables.spec.endpoints) || variables.spec.endpoints.all(endpoint, has(endpoint.address) && endpoint.address in variables.direct[request.namespace].endpoints && !has(endpoint.ports)))',
  '!has(variables.spec.workloadSelector)',
].join(' && ');

/** A ServiceEntry for addresses in the cluster that a guard opens, and for no others. */
const IS_KNOWN = [
  'request.namespace in variables.known',
  'has(variables.spec.addresses) && variables.spec.addresses.size() > 0',
  `${PORTS}.size() > 0 && ${PORTS}.all(port, has(port.protocol) && port.protocol == "TCP" && !has(port.targetPort) && variables.spec.addresses.all(address, (address + " " + string(port.number)) in variables.known[request.namespace]))`,
  '!has(variables.spec.endpoints) && !has(variables.spec.workloadSelector)',
].join(' && ');

/** Where something leads, of what may be absent. */
const hostsOf = (list: string, destination: string) =>
  `(has(${list}) ? ${list}.map(to, has(to.${destination}) && has(to.${destination}.host) ? to.${destination}.host : "") : [])`;

/** Where the routes of a VirtualService lead, mirrors included. */
const DESTINATIONS = [
  ...['http', 'tls', 'tcp'].map(
    (kind) =>
      `(has(variables.spec.${kind}) ? variables.spec.${kind}.map(rule, ${hostsOf('rule.route', 'destination')}) : [])`,
  ),
  `(has(variables.spec.http) ? variables.spec.http.map(rule, ${hostsOf('rule.mirrors', 'destination')} + (has(rule.mirror) && has(rule.mirror.host) ? [rule.mirror.host] : [])) : [])`,
].join(' + ');

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
    fact('known', facts.known),
    fact('ranges', facts.ranges),
    fact('imports', facts.imports),
    fact('logs', facts.logs),
    fact('observed', facts.observed),
    fact('clusterRanges', facts.clusterRanges),
    variable('kind', KIND_OF_OBJECT),
    variable('spec', 'has(object.spec) ? object.spec : {}'),
    variable('exportTo', exportTo),
    variable('exported', 'variables.exportTo.exists(to, to != "." && to != "~" && to != request.namespace)'),
    variable(
      'hosts',
      'has(variables.spec.host) ? [variables.spec.host] : (has(variables.spec.hosts) ? variables.spec.hosts : [])',
    ),
    // A name without a dot is one of the namespace's own Services, but an IPv6 address is none. A wildcard can stand for Services
    // alone, as "*.local".
    variable(
      'external',
      `variables.hosts.exists(host, host == "*" || host.contains(":") || (host.contains(".") && !host.endsWith(".svc") && !host.endsWith(${literal(service)}) && !(host.startsWith("*") && ${literal(service)}.endsWith(host.substring(1)))))`,
    ),
    variable(
      'policies',
      '(has(variables.spec.trafficPolicy) ? [variables.spec.trafficPolicy] : []) + (has(variables.spec.subsets) ? variables.spec.subsets.filter(subset, has(subset.trafficPolicy)).map(subset, subset.trafficPolicy) : [])',
    ),
    variable('destinations', DESTINATIONS),
    variable('isDirect', IS_DIRECT),
    variable('isKnown', IS_KNOWN),
    // Of a slice, and of what Kubernetes copies into slices.
    variable(
      'addresses',
      'has(object.endpoints) ? object.endpoints.map(endpoint, has(endpoint.addresses) ? endpoint.addresses : []) : (has(object.subsets) ? object.subsets.map(subset, (has(subset.addresses) ? subset.addresses.map(address, address.ip) : []) + (has(subset.notReadyAddresses) ? subset.notReadyAddresses.map(address, address.ip) : [])) : [])',
    ),
  ];
}
