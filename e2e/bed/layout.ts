import { join } from 'node:path';

/**
 * Everything that a bed makes on a machine carries this prefix, so that it can find and remove its own. Several can be up at once, each
 * with a number.
 */
export const PREFIX = `egressbed${process.env.EGRESS_BED ?? ''}`;

/** State of the running mesh: sockets, logs, keys. One mesh at a time for each prefix. */
export const RUN = join('/run', PREFIX);

/** Held by whoever has the mesh. */
export const LOCK = `${RUN}.lock`;

/** The namespace that stands for a cluster node: control plane, kubelet, routes between the pods. */
export const NODE = `${PREFIX}-node`;

/** The namespace that stands for everything outside the mesh. */
export const INTERNET = `${PREFIX}-internet`;

/** Address of the node: the API server answers here. */
export const NODE_ADDRESS = '10.44.0.1';

/** The address of a pod, by its number. */
export function podAddress(number: number): string {
  return `10.244.${Math.floor(number / 250)}.${(number % 250) + 2}`;
}

/** The node's end of the link to the pod of an address. Interface names have at most 15 characters. */
export function linkOf(address: string): string {
  const [, , ...rest] = address.split('.');
  return `pod${rest.join('-')}`;
}

/** Marks what the bed itself puts into the mesh; it stays when a suite leaves. */
export const OF_THE_BED = 'bed/own';

/** Cluster addresses of Services. */
export const SERVICE_RANGE = '10.96.0.0/16';

/** Files and sockets by name. */
export const FILES = {
  kubeconfig: join(RUN, 'kubeconfig'),
  api: join(RUN, 'api.sock'),
  internet: join(RUN, 'internet.sock'),
  pki: join(RUN, 'pki'),
  dns: join(RUN, 'dns'),
  meshConfig: join(RUN, 'istiod', 'mesh.yaml'),
  logs: join(RUN, 'logs'),
  /** What the API server notes of requests that write objects of networking. */
  audit: join(RUN, 'logs', 'audit.log'),
  pods: join(RUN, 'pods'),
  /** The program that stands for every application, compiled. */
  app: join(RUN, 'app'),
  /** The rules by which the node keeps NetworkPolicies now. */
  networkPolicies: join(RUN, 'network-policies.nft'),
  /** Written when the mesh is up: where its binaries are. */
  parts: join(RUN, 'parts.json'),
  /** What the internet consists of. */
  servers: join(RUN, 'internet.json'),
};

/** The network namespace of a pod. */
export function podNetns(namespace: string, pod: string): string {
  return `${PREFIX}-pod-${namespace}.${pod}`;
}

/** The directory of a pod: its proxy's files, its logs, its application's socket. */
export function podDirectory(namespace: string, pod: string): string {
  return join(FILES.pods, `${namespace}.${pod}`);
}

/** The socket of a pod's application. Short, because the path of a socket has at most 107 characters. */
export function appSocket(namespace: string, pod: string): string {
  return join(podDirectory(namespace, pod), 'app.sock');
}
