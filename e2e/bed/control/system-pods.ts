import { api } from '../api';
import { OF_THE_BED, linkOf, podAddress, podNetns } from '../layout';
import { createHost } from '../network';

/** A pod of the cluster's own: started by the bed instead of its kubelet, and in the API as any other is. */
export interface SystemPod {
  readonly namespace: string;
  readonly name: string;
  readonly address: string;
  readonly labels: Record<string, string>;
}

export const DNS: SystemPod = {
  namespace: 'kube-system',
  name: 'coredns-0',
  address: podAddress(0),
  labels: { 'k8s-app': 'kube-dns' },
};

export const ISTIOD: SystemPod = {
  namespace: 'istio-system',
  name: 'istiod-0',
  address: podAddress(1),
  labels: { app: 'istiod', istio: 'pilot' },
};

/** They have the first addresses. */
export const SYSTEM_PODS = [DNS, ISTIOD];

/** Where pods ask for names: the address of the Service, as everywhere. */
export const DNS_SERVICE = '10.96.0.10';

export const netnsOf = ({ namespace, name }: SystemPod) => podNetns(namespace, name);

/** Makes a pod's network. */
export async function place(pod: SystemPod): Promise<void> {
  await createHost(netnsOf(pod), linkOf(pod.address), [pod.address]);
}

async function declare({ namespace, name, address, labels }: SystemPod) {
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  await api.apply(
    path,
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace, name, labels: { ...labels, [OF_THE_BED]: 'true' } },
      spec: { nodeName: 'bed-node', containers: [{ name: 'main', image: 'bed/none' }] },
    },
    'bed',
  );
  const status = {
    phase: 'Running',
    podIP: address,
    podIPs: [{ ip: address }],
    conditions: [{ type: 'Ready', status: 'True' }],
  };
  await api.json(`${path}/status`, {
    method: 'PATCH',
    contentType: 'application/merge-patch+json',
    body: { status },
  });
}

interface ServicePort {
  readonly name: string;
  readonly port: number;
  readonly targetPort?: number;
  readonly protocol?: 'UDP';
}

async function declareService(
  { namespace, labels }: SystemPod,
  name: string,
  ports: ServicePort[],
  clusterIP?: string,
) {
  await api.apply(
    `/api/v1/namespaces/${namespace}/services/${name}`,
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace, name, labels },
      spec: { clusterIP, selector: labels, ports },
    },
    'bed',
  );
}

/** Tells the API of them: selectors of NetworkPolicies find them by their labels, and everybody else by their Services. */
export async function declareSystemPods(): Promise<void> {
  for (const pod of SYSTEM_PODS) await declare(pod);
  const dns = [
    { name: 'dns', port: 53, protocol: 'UDP' as const },
    { name: 'dns-tcp', port: 53 },
  ];
  await declareService(DNS, 'kube-dns', dns, DNS_SERVICE);
  await declareService(ISTIOD, 'istiod', [
    { name: 'grpc-xds', port: 15010 },
    { name: 'https-dns', port: 15012 },
    { name: 'https-webhook', port: 443, targetPort: 15017 },
    { name: 'http-monitoring', port: 15014 },
  ]);
}
