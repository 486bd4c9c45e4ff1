/** A value as a literal of CEL: JSON's literals are CEL's too. */
export const literal = (value: unknown): string => JSON.stringify(value);

/** The kinds that are looked at: their API group, their name and their resource. */
const KINDS = {
  VirtualService: ['networking.istio.io', 'VirtualService', 'virtualservices'],
  DestinationRule: ['networking.istio.io', 'DestinationRule', 'destinationrules'],
  ServiceEntry: ['networking.istio.io', 'ServiceEntry', 'serviceentries'],
  WorkloadEntry: ['networking.istio.io', 'WorkloadEntry', 'workloadentries'],
  WorkloadGroup: ['networking.istio.io', 'WorkloadGroup', 'workloadgroups'],
  Gateway: ['networking.istio.io', 'Gateway', 'gateways'],
  Sidecar: ['networking.istio.io', 'Sidecar', 'sidecars'],
  EnvoyFilter: ['networking.istio.io', 'EnvoyFilter', 'envoyfilters'],
  ProxyConfig: ['networking.istio.io', 'ProxyConfig', 'proxyconfigs'],
  WasmPlugin: ['extensions.istio.io', 'WasmPlugin', 'wasmplugins'],
  TrafficExtension: ['extensions.istio.io', 'TrafficExtension', 'trafficextensions'],
  Telemetry: ['telemetry.istio.io', 'Telemetry', 'telemetries'],
  RequestAuthentication: ['security.istio.io', 'RequestAuthentication', 'requestauthentications'],
  HTTPRoute: ['gateway.networking.k8s.io', 'HTTPRoute', 'httproutes'],
  GRPCRoute: ['gateway.networking.k8s.io', 'GRPCRoute', 'grpcroutes'],
  TLSRoute: ['gateway.networking.k8s.io', 'TLSRoute', 'tlsroutes'],
  TCPRoute: ['gateway.networking.k8s.io', 'TCPRoute', 'tcproutes'],
  BackendTLSPolicy: ['gateway.networking.k8s.io', 'BackendTLSPolicy', 'backendtlspolicies'],
  NetworkPolicy: ['networking.k8s.io', 'NetworkPolicy', 'networkpolicies'],
  EndpointSlice: ['discovery.k8s.io', 'EndpointSlice', 'endpointslices'],
  Endpoints: ['', 'Endpoints', 'endpoints'],
  Service: ['', 'Service', 'services'],
} as const;

/** One of them. */
export type Kind = keyof typeof KINDS;

/** What a manifest of some kinds must not be. */
export interface AdmissionRule {
  readonly kinds: Kind[];
  /** True for what is refused, in CEL. */
  readonly refuses: string;
  /** What is wrong, as a sentence without its full stop. */
  readonly what: string;
  /** What to do instead. */
  readonly fix: string;
}

/** A named expression that rules share. */
export interface Variable {
  readonly name: string;
  readonly expression: string;
}

/** A kind with its group: there are two Gateways, and some plugins have network policies of their own. */
const qualified = (kind: Kind): string => `${KINDS[kind][0]}/${KINDS[kind][1]}`;

/** All that are looked at, as "group/Kind". */
export const LOOKED_AT: ReadonlySet<string> = new Set((Object.keys(KINDS) as Kind[]).map(qualified));

/** The kind of the object, with its group. */
export const KIND = 'variables.kind';
export const KIND_OF_OBJECT =
  '(object.apiVersion.contains("/") ? object.apiVersion.split("/")[0] : "") + "/" + object.kind';

/** A rule as a validation: it holds for what is of another kind, or does not match. */
export function validation({ kinds, refuses, what, fix }: AdmissionRule) {
  return {
    expression: `!(${KIND} in ${literal(kinds.map(qualified))}) || !(${refuses})`,
    message: `${what}; ${fix}`,
    reason: 'Forbidden',
  };
}

/** What the API server has to ask about. */
export const RESOURCE_RULES = [...new Set(Object.values(KINDS).map(([group]) => group))].map((group) => ({
  apiGroups: [group],
  apiVersions: ['*'],
  operations: ['CREATE', 'UPDATE'],
  resources: Object.values(KINDS)
    .filter(([of]) => of === group)
    .map(([, , resource]) => resource),
}));
