import { AdmissionRule, literal } from './cel';
import { AdmissionFacts } from './facts';
import { LIKE_SERVER_NAME } from '../../exit/server-names';

const DECLARE = 'declare the host with an Egress';
const PRIVATE = 'set `exportTo: ["."]`; what is absent is "*"';
const ASK = 'ask the platform team';

/** Whose "namespace/name", or old "name.namespace.svc.cluster.local", leads into an exit's namespace. */
const BINDS_TO_EXIT =
  'has(variables.spec.gateways) && variables.spec.gateways.exists(gateway, (gateway.contains("/") ? gateway.split("/")[0] : (gateway.contains(".") ? gateway.split(".")[1] : request.namespace)) in variables.exitNamespaces)';

const IN_MESH =
  '(!has(variables.spec.gateways) || variables.spec.gateways.size() == 0 || "mesh" in variables.spec.gateways)';

/** Settings of connections, at the top or for a port, with one of the TLS settings. */
const tlsSetting = (setting: string) => {
  const unsafe = (policy: string) => `has(${policy}.tls) && ${setting.replace(/TLS/g, `${policy}.tls`)}`;
  return `variables.policies.exists(policy, (${unsafe('policy')}) || (has(policy.portLevelSettings) && policy.portLevelSettings.exists(port, ${unsafe('port')})))`;
};

/** No endpoint, and none that labels would find: it makes a name known and leads nowhere by itself. */
const LEADS_NOWHERE =
  'has(variables.spec.resolution) && variables.spec.resolution == "STATIC" && (!has(variables.spec.endpoints) || variables.spec.endpoints.size() == 0) && !has(variables.spec.workloadSelector)';

/** Whether a Sidecar's `host` is what the guard's imports, or a part of it. */
const IMPORTED =
  'host.startsWith("./") || host.startsWith("~/") || host.startsWith(request.namespace + "/") || variables.imports[request.namespace].exists(known, known == host || ((known.split("/")[0] == "*" || known.split("/")[0] == host.split("/")[0]) && known.split("/")[1].startsWith("*.") && host.split("/")[1].endsWith(known.split("/")[1].substring(1))))';

/** A Service of the cluster by its full name. */
const service = (name: string, clusterDomain: string) =>
  [`.svc.${clusterDomain}`, `.svc.${clusterDomain}.`].map((end) => `${name}.endsWith(${literal(end)})`).join(' || ');

/** A Service in an exit's namespace, by its full name; a shorter one would stand for a Service of the route's own namespace. */
const ofExit = (name: string, clusterDomain: string) =>
  `(${service(name, clusterDomain)}) && ${name}.split(".")[1] in variables.exitNamespaces`;

/** A name that is no Service's. Names without a dot are those of Services. */
const isOutside = (name: string, clusterDomain: string) =>
  `${name}.contains(".") && !(${service(name, clusterDomain)})`;

/** Whether a route, or one of its destinations, writes the Host header. */
const setsHost = (of: string) =>
  `(has(${of}.headers) && has(${of}.headers.request) && ((has(${of}.headers.request.set) && ${of}.headers.request.set.exists(name, ${IS_HOST})) || (has(${of}.headers.request.add) && ${of}.headers.request.add.exists(name, ${IS_HOST}))))`;
const IS_HOST = 'name.lowerAscii() in ["host", ":authority"]';

/** Whether a filter of the Gateway API writes the Host header, with the name of a host outside. */
const namesOutside = (filter: string, clusterDomain: string) =>
  `((has(${filter}.urlRewrite) && has(${filter}.urlRewrite.hostname) && ${isOutside(`${filter}.urlRewrite.hostname`, clusterDomain)}) || (has(${filter}.requestHeaderModifier) && ["set", "add"].exists(field, field in ${filter}.requestHeaderModifier && ${filter}.requestHeaderModifier[field].exists(header, header.name.lowerAscii() in ["host", ":authority"]))))`;

/** From where istiod fetches the keys of a rule. Without an address of their own it asks the issuer. */
const FETCHED_FROM =
  '(has(rule.jwksUri) && rule.jwksUri != "" ? [rule.jwksUri] : (has(rule.jwks_uri) ? [rule.jwks_uri] : (has(rule.issuer) ? [rule.issuer] : [])))';

/** Every way out that somebody can write by hand. */
export function admissionRules({ meshIsOpen, clusterDomain, writers, keyServers }: AdmissionFacts): AdmissionRule[] {
  const sidecarMode = `(has(variables.spec.outboundTrafficPolicy) ? (has(variables.spec.outboundTrafficPolicy.mode) ? variables.spec.outboundTrafficPolicy.mode : "REGISTRY_ONLY") : ${meshIsOpen ? '"ALLOW_ANY"' : '"REGISTRY_ONLY"'})`;
  return [
    {
      kinds: ['VirtualService'],
      refuses: BINDS_TO_EXIT,
      what: "binds to a Gateway in an exit's namespace",
      fix: `only the exit's owner routes there: ${DECLARE}`,
    },
    {
      kinds: ['VirtualService'],
      refuses: `${IN_MESH} && variables.exported && variables.external`,
      what: 'routes a host outside for other namespaces',
      fix: PRIVATE,
    },
    {
      kinds: ['VirtualService'],
      // One without hosts is a part of others, which may be exported.
      refuses: `(variables.exported || variables.hosts.size() == 0) && variables.destinations.exists(some, some.exists(host, ${ofExit('host', clusterDomain)}))`,
      what: "leads calls of other namespaces to an exit, where they would pass by the callers' grants",
      fix: PRIVATE,
    },
    {
      kinds: ['VirtualService'],
      refuses: `${IN_MESH} && (variables.exported || variables.hosts.size() == 0) && has(variables.spec.http) && variables.spec.http.exists(rule, (has(rule.rewrite) && has(rule.rewrite.authority) && ${isOutside('rule.rewrite.authority', clusterDomain)}) || ${setsHost('rule')} || (has(rule.route) && rule.route.exists(to, ${setsHost('to')})))`,
      what: "gives calls of other namespaces the name of a host outside, for which they would pass by the callers' grants",
      fix: PRIVATE,
    },
    {
      kinds: ['DestinationRule'],
      refuses: 'variables.exported && variables.external',
      what: 'says for other namespaces how to connect to a host outside',
      fix: PRIVATE,
    },
    {
      kinds: ['DestinationRule'],
      refuses: `variables.external && ${tlsSetting('has(TLS.credentialName)')}`,
      what: 'names a credential for a host outside',
      fix: `credentials belong to the exit: ${DECLARE} and UpstreamTls.mutual`,
    },
    {
      kinds: ['DestinationRule'],
      refuses: `variables.external && ${tlsSetting('(has(TLS.insecureSkipVerify) && TLS.insecureSkipVerify)')}`,
      what: 'leaves the certificate of a host outside unverified',
      fix: `${DECLARE}: the exit verifies it`,
    },
    {
      kinds: ['DestinationRule'],
      refuses: 'variables.policies.exists(policy, has(policy.tunnel))',
      what: 'sends connections through a forward proxy',
      fix: 'use an EgressGateway with `connectProxy`',
    },
    {
      kinds: ['DestinationRule'],
      // Whoever calls a Service of the team, behind which the exit's pods may be, would ask for it. Envoy reads server names in lower case.
      refuses: `variables.exported && ${tlsSetting(`(has(TLS.sni) && TLS.sni.lowerAscii().matches(${literal(LIKE_SERVER_NAME)}))`)}`,
      what: "has connections of other namespaces ask for a server of an exit, where they would pass by the callers' grants",
      fix: PRIVATE,
    },
    {
      kinds: ['ServiceEntry'],
      refuses: '(!has(variables.spec.resolution) || variables.spec.resolution == "NONE") && !variables.isKnown',
      what: 'sends calls to wherever they were going (resolution NONE, or absent): it opens every address on its ports',
      fix: DECLARE,
    },
    {
      kinds: ['ServiceEntry'],
      refuses: 'has(variables.spec.resolution) && variables.spec.resolution == "DYNAMIC_DNS" && !variables.isDirect',
      what: 'opens every name below a domain (resolution DYNAMIC_DNS)',
      fix: 'declare the hosts that are called with an Egress',
    },
    {
      kinds: ['ServiceEntry'],
      refuses: `has(variables.spec.resolution) && !(variables.spec.resolution in ["NONE", "DYNAMIC_DNS"]) && !(${LEADS_NOWHERE}) && !variables.isDirect`,
      what: 'leads sidecars straight to a host, past the exits',
      fix: DECLARE,
    },
    {
      kinds: ['ServiceEntry'],
      refuses: 'variables.exported',
      what: 'makes a host known to other namespaces',
      fix: PRIVATE,
    },
    {
      kinds: ['Gateway'],
      refuses:
        '!has(variables.spec.selector) || variables.exitLabels.exists(labels, !variables.spec.selector.exists(key, key in labels && labels[key] != variables.spec.selector[key]))',
      what: "can take an exit's pods: its selector names no label in which they differ",
      fix: 'select by the label `istio` of your own gateway',
    },
    {
      kinds: ['Sidecar'],
      refuses: `${sidecarMode} == "ALLOW_ANY" && !(request.namespace in variables.observed)`,
      what: `lets sidecars call hosts that nothing declares (ALLOW_ANY${meshIsOpen ? ', or absent, as the mesh has it' : ''})`,
      fix: 'set `outboundTrafficPolicy: { mode: REGISTRY_ONLY }`',
    },
    {
      kinds: ['Sidecar'],
      refuses: `request.namespace in variables.imports && (!has(variables.spec.egress) || variables.spec.egress.size() == 0 || variables.spec.egress.exists(listener, !has(listener.hosts) || listener.hosts.exists(host, !(${IMPORTED}))))`,
      what: "takes the place of the guard's Sidecar and knows more than that (without `egress`: everything)",
      fix: "import what the guard's Sidecar imports, or less",
    },
    {
      kinds: ['EnvoyFilter', 'WasmPlugin', 'TrafficExtension'],
      refuses: 'true',
      what: 'changes proxies past all rules',
      fix: ASK,
    },
    {
      kinds: ['ProxyConfig'],
      refuses: 'has(variables.spec.environmentVariables)',
      what: 'sets variables of the proxies, past all rules',
      fix: ASK,
    },
    {
      kinds: ['WorkloadEntry'],
      refuses: 'true',
      what: 'gives an address to whatever selects its labels, a Service of the cluster too',
      fix: DECLARE,
    },
    {
      kinds: ['WorkloadGroup'],
      refuses: 'true',
      what: 'lets any caller that claims it to istiod be a WorkloadEntry, with the address that the caller names',
      fix: ASK,
    },
    {
      kinds: ['EndpointSlice', 'Endpoints'],
      refuses: `!(has(request.userInfo) && request.userInfo.username in ${literal(writers)}) && variables.addresses.exists(some, some.exists(address, !isIP(address) || !variables.clusterRanges.exists(range, cidr(range).containsIP(address))))`,
      what: 'gives a Service addresses by hand that are not known to be those of pods',
      fix: `${DECLARE}; for controllers, the platform team names \`endpointWriters\` or \`clusterRanges\``,
    },
    {
      kinds: ['Service'],
      refuses: `has(variables.spec.type) && variables.spec.type == "ExternalName" && !(has(variables.spec.externalName) && (${service('variables.spec.externalName', clusterDomain)}))`,
      what: 'is another name for a host outside',
      fix: DECLARE,
    },
    {
      kinds: ['Service'],
      refuses: 'has(variables.spec.externalIPs) && variables.spec.externalIPs.size() > 0',
      what: 'takes what others send to addresses outside (`externalIPs`)',
      fix: 'use a Service of type LoadBalancer, or an ingress gateway',
    },
    {
      kinds: ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute'],
      refuses:
        'has(variables.spec.parentRefs) && variables.spec.parentRefs.exists(parent, (has(parent.group) && parent.group == "networking.istio.io") || (has(parent.namespace) && parent.namespace in variables.exitNamespaces))',
      what: "routes a ServiceEntry's host, for other namespaces too, or at an exit",
      fix: `only the exit's owner routes there: ${DECLARE}`,
    },
    {
      kinds: ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute'],
      refuses: `has(variables.spec.rules) && variables.spec.rules.exists(rule, ((has(rule.backendRefs) ? rule.backendRefs : []) + (has(rule.filters) ? rule.filters.filter(filter, has(filter.requestMirror)).map(filter, filter.requestMirror.backendRef) : [])).exists(to, (has(to.namespace) && to.namespace in variables.exitNamespaces) || (${ofExit('to.name', clusterDomain)})))`,
      what: "leads calls to an exit, those of other namespaces too, which would pass by the callers' grants",
      fix: DECLARE,
    },
    {
      kinds: ['HTTPRoute', 'GRPCRoute'],
      refuses: `has(variables.spec.parentRefs) && variables.spec.parentRefs.exists(parent, has(parent.kind) && parent.kind == "Service") && has(variables.spec.rules) && variables.spec.rules.exists(rule, (has(rule.filters) && rule.filters.exists(filter, ${namesOutside('filter', clusterDomain)})) || (has(rule.backendRefs) && rule.backendRefs.exists(to, has(to.filters) && to.filters.exists(filter, ${namesOutside('filter', clusterDomain)}))))`,
      what: "gives calls to a Service, those of other namespaces too, the name of a host outside, for which they would pass by the callers' grants",
      fix: DECLARE,
    },
    {
      kinds: ['BackendTLSPolicy'],
      refuses:
        'has(variables.spec.targetRefs) && variables.spec.targetRefs.exists(target, has(target.group) && target.group == "networking.istio.io")',
      what: 'says how to connect to a host outside',
      fix: `${DECLARE}: the exit originates TLS`,
    },
    {
      kinds: ['RequestAuthentication'],
      refuses: `has(variables.spec.jwtRules) && variables.spec.jwtRules.exists(rule, !has(rule.jwks) && !(${FETCHED_FROM}.exists(url, url.matches("^https?://[^/]+") && (url.split("/")[2] in ${literal(keyServers)} || url.split("/")[2].split(":")[0].endsWith(${literal(`.svc.${clusterDomain}`)}) && !url.split("/")[2].contains("@")))))`,
      what: 'has istiod fetch keys from a host outside, at an address that this object writes',
      fix: 'write the keys into `jwks`; or the platform team names the host in `identityProviders`',
    },
    {
      kinds: ['Telemetry'],
      refuses:
        'request.namespace in variables.logs && (has(variables.spec.accessLogging) ? !(variables.spec.accessLogging.size() == 1 && variables.spec.accessLogging.all(log, !has(log.disabled) && !has(log.filter) && !has(log.match) && has(log.providers) && log.providers.size() == 1 && log.providers.all(provider, has(provider.name) && provider.name == variables.logs[request.namespace]))) : (!has(variables.spec.selector) && !has(variables.spec.targetRef) && !has(variables.spec.targetRefs)))',
      what: "changes how calls are logged, or takes the place of the guard's Telemetry",
      fix: 'set a `selector`, and leave `accessLogging` out',
    },
    {
      kinds: ['NetworkPolicy'],
      refuses:
        'request.namespace in variables.ranges && has(variables.spec.egress) && !variables.spec.egress.all(rule, has(rule.to) && rule.to.size() > 0 && rule.to.all(peer, !has(peer.ipBlock) || (has(rule.ports) && rule.ports.size() > 0 && rule.ports.all(port, has(port.port) && !has(port.endPort) && (peer.ipBlock.cidr + " " + (has(peer.ipBlock.except) ? peer.ipBlock.except.join(",") : "") + " " + (has(port.protocol) ? port.protocol : "TCP") + " " + string(port.port)) in variables.ranges[request.namespace]))))',
      what: 'opens addresses in a guarded namespace: network policies add up',
      fix: DECLARE,
    },
  ];
}
