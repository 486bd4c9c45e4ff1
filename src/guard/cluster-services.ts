import { Construct } from 'constructs';
import { addresses, PeerPort, podsOf, tcp, to } from './peers';
import { checkRanges } from './ranges';
import { checkPort } from '../destination/port-number';
import { checkLabels } from '../gateway/pods/labels';
import { Mesh } from '../mesh/mesh';
import { checkName, serviceHost } from '../naming';
import { checkOptions, Options } from '../options';

/** Where in the cluster the things are that every workload of a mesh needs. */
export interface ClusterServices {
  /**
   * Namespace of the cluster's DNS.
   * @default "kube-system"
   */
  readonly dnsNamespace?: string;

  /**
   * Labels of its pods.
   * @default - { "k8s-app": "kube-dns" }, which CoreDNS carries as well
   */
  readonly dnsLabels?: { [key: string]: string };

  /**
   * Name of its Service, which sidecars have to know: they capture DNS over TCP, to which resolvers turn for large answers.
   * OpenShift's is "dns-default".
   * @default "kube-dns"
   */
  readonly dnsService?: string;

  /**
   * Port on which its pods listen, over UDP and TCP. OpenShift's is 5353.
   * @default 53
   */
  readonly dnsPort?: number;

  /**
   * Addresses of a DNS cache on each node, such as "169.254.20.10" of NodeLocal DNSCache. It runs in the node's network, where no
   * pod selector finds it. Where it also answers on the address of the cluster's DNS Service, name that one too.
   * @default - there is none
   */
  readonly nodeLocalDns?: string[];

  /**
   * Namespace of istiod.
   * @default - the mesh's root namespace
   */
  readonly istiodNamespace?: string;

  /**
   * Labels of its pods.
   * @default - { app: "istiod" }, which every revision carries
   */
  readonly istiodLabels?: { [key: string]: string };
}

/** A Service that proxies themselves call: a collector of traces or logs, an external authorizer. */
export interface ProxyBackend {
  /** Its namespace. */
  readonly namespace: string;

  /** Its name. */
  readonly service: string;

  /** Port on which its pods listen. */
  readonly targetPort: number;

  /**
   * Labels of its pods.
   * @default - every pod of the namespace
   */
  readonly labels?: { [key: string]: string };
}

const CLUSTER_SERVICES: Options<ClusterServices> = {
  dnsNamespace: 'text',
  dnsLabels: 'checked',
  dnsService: 'text',
  dnsPort: 'checked',
  nodeLocalDns: 'list',
  istiodNamespace: 'text',
  istiodLabels: 'checked',
};

const PROXY_BACKEND: Options<ProxyBackend> = {
  namespace: 'checked',
  service: 'checked',
  targetPort: 'checked',
  labels: 'checked',
};

/** istiod's port for configuration and certificates, over TLS; proxies need no other. */
const ISTIOD = 15012;

/** The openings for DNS. */
export function dnsOpenings(services: ClusterServices): object[] {
  const { dnsNamespace = 'kube-system', dnsLabels = { 'k8s-app': 'kube-dns' }, dnsPort = 53 } = services;
  const { nodeLocalDns: local = [] } = services;
  const pods = podsOf([dnsNamespace], dnsLabels);
  return [to([pods], dns(dnsPort)), ...(local.length > 0 ? [to(addresses(local), dns(53))] : [])];
}

/** The Service of DNS, as a Sidecar imports it. */
export function dnsImport(
  scope: Construct,
  { dnsNamespace = 'kube-system', dnsService = 'kube-dns' }: ClusterServices,
) {
  return `${dnsNamespace}/${serviceHost(dnsService, dnsNamespace, Mesh.of(scope).clusterDomain)}`;
}

/** The opening for istiod. */
export function istiodOpening(scope: Construct, services: ClusterServices): object {
  const { istiodNamespace = Mesh.of(scope).rootNamespace, istiodLabels = { app: 'istiod' } } = services;
  return to([podsOf([istiodNamespace], istiodLabels)], tcp(ISTIOD));
}

/** All of it, so that what is wrong is said where it is written. @throws NameSyntax, LabelSyntax, OutOfRange, AddressSyntax, WrongType, OptionUnknown */
export function checkCluster(scope: Construct, given: ClusterServices = {}): ClusterServices {
  const services = checkOptions(scope, given, CLUSTER_SERVICES);
  for (const property of ['dnsNamespace', 'dnsService', 'istiodNamespace'] as const) {
    const name = services[property];
    if (name !== undefined) checkName(scope, property, name);
  }
  for (const labels of [services.dnsLabels, services.istiodLabels]) {
    if (labels !== undefined) checkLabels(scope, labels);
  }
  if (services.dnsPort !== undefined) checkPort(scope, 'dnsPort', services.dnsPort);
  const { nodeLocalDns } = services;
  return nodeLocalDns ? { ...services, nodeLocalDns: checkRanges(scope, 'nodeLocalDns', nodeLocalDns) } : services;
}

/** @throws NameSyntax, OutOfRange, LabelSyntax, WrongType, OptionUnknown */
export function checkBackends(scope: Construct, backends: ProxyBackend[] = []): ProxyBackend[] {
  return backends.map((given) => {
    const backend = checkOptions(scope, given, PROXY_BACKEND);
    checkName(scope, 'namespace', backend.namespace);
    checkName(scope, 'service', backend.service);
    checkPort(scope, 'targetPort', backend.targetPort);
    if (backend.labels !== undefined) checkLabels(scope, backend.labels);
    return backend;
  });
}

/** The opening for what proxies call. */
export const backendOpening = ({ namespace, labels, targetPort }: ProxyBackend): object =>
  to([podsOf([namespace], labels)], tcp(targetPort));

function dns(port: number): PeerPort[] {
  return [
    { protocol: 'UDP', port },
    { protocol: 'TCP', port },
  ];
}
