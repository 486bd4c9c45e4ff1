import { Manifest } from './manifest';

/** Pods of one make. */
export interface Workload {
  readonly manifest: Manifest;
  readonly namespace: string;
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
  /** Whether the pods are Istio gateways: only those read Gateways. */
  readonly gateway: boolean;
  /** Whether the injector has to fill in their proxy. */
  readonly injected: boolean;
  /** Whether another object makes them, as a Deployment its Pods. */
  readonly owned: boolean;
}

/** The kinds that pods are read from. */
export const WORKLOAD_KINDS = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Pod'];

/** Reads a Pod, or what makes pods. */
export function toWorkload(manifest: Manifest): Workload {
  const pod = manifest.kind === 'Pod' ? manifest.body : manifest.spec.at('template');
  const containers = pod.at('spec', 'containers').items;
  const annotations = pod.at('metadata', 'annotations').map;
  const template = annotations['inject.istio.io/templates'] ?? '';
  return {
    manifest,
    namespace: manifest.namespace,
    labels: pod.at('metadata', 'labels').map,
    annotations,
    gateway:
      template.split(',').includes('gateway') ||
      containers.some((container) => {
        const args = container.at('args').texts;
        return args[0] === 'proxy' && args[1] === 'router';
      }),
    injected: template !== '' || containers.some((container) => container.at('image').text === 'auto'),
    owned: manifest.body.at('metadata', 'ownerReferences').items.length > 0,
  };
}
