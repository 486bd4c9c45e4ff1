import { AdmissionRule, KINDS } from './cel';
import { AdmissionFacts } from './facts';

const DECLARE = 'declare the host with an Egress';

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

/** Every way out that somebody can write by hand. */
export function admissionRules({ meshIsOpen }: AdmissionFacts): AdmissionRule[] {
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
      what: "routes a host outside for other namespaces, or for an exit's",
      fix: 'set `exportTo: ["."]`; what is absent is "*"',
    },
    {
      kinds: ['DestinationRule'],
      refuses: 'variables.exported && variables.external',
      what: "says for other namespaces, or for an exit's, how to connect to a host outside",
      fix: 'set `exportTo: ["."]`; what is absent is "*"',
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
      kinds: ['ServiceEntry'],
      refuses: '!has(variables.spec.resolution) || variables.spec.resolution == "NONE"',
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
      what: "makes a host known to other namespaces, or to an exit's",
      fix: 'set `exportTo: ["."]`; what is absent is "*"',
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
      kinds: ['EnvoyFilter'],
      refuses: 'true',
      what: 'changes proxies past all rules',
      fix: 'ask the platform team',
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

/** What the API server has to ask about. */
export const RESOURCE_RULES = [
  {
    apiGroups: ['networking.istio.io'],
    apiVersions: ['*'],
    operations: ['CREATE', 'UPDATE'],
    resources: Object.entries(KINDS)
      .filter(([kind]) => kind !== 'NetworkPolicy')
      .map(([, resource]) => resource),
  },
  {
    apiGroups: ['networking.k8s.io'],
    apiVersions: ['*'],
    operations: ['CREATE', 'UPDATE'],
    resources: [KINDS.NetworkPolicy],
  },
];
