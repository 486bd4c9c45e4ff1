import { KubeObject, api } from '../api';
import { isReady } from './deployments';

interface Endpoint {
  addresses: string[];
  conditions: { ready: boolean; serving: boolean; terminating: boolean };
  nodeName: string;
  targetRef: { kind: string; name: string; namespace?: string };
}

function selects(selector: Record<string, string>, pod: KubeObject): boolean {
  return Object.entries(selector).every(([name, value]) => pod.metadata.labels?.[name] === value);
}

/** The number of a Service's target port on a pod: a name is looked up among its containers' ports. */
function targetPort(port: any, pod: KubeObject): number | undefined {
  const target = port.targetPort ?? port.port;
  if (typeof target === 'number') return target;
  const ports = pod.spec.containers.flatMap((container: any) => container.ports ?? []);
  return ports.find((named: any) => named.name === target)?.containerPort;
}

function endpointOf(pod: KubeObject): Endpoint {
  const terminating = Boolean(pod.metadata.deletionTimestamp);
  const serving = isReady(pod);
  return {
    addresses: [pod.status.podIP],
    conditions: { ready: serving && !terminating, serving, terminating },
    nodeName: pod.spec.nodeName,
    targetRef: { kind: 'Pod', name: pod.metadata.name, namespace: pod.metadata.namespace },
  };
}

/** One EndpointSlice per set of equal port numbers, as the endpoint slice controller makes them. */
function slicesOf(service: KubeObject, pods: KubeObject[]): object[] {
  const groups = new Map<string, { ports: object[]; endpoints: Endpoint[] }>();
  for (const pod of pods) {
    const ports = (service.spec.ports ?? [])
      .map((port: any) => ({
        name: port.name ?? '',
        port: targetPort(port, pod),
        protocol: port.protocol ?? 'TCP',
        ...(port.appProtocol && { appProtocol: port.appProtocol }),
      }))
      .filter((port: any) => port.port !== undefined);
    const key = JSON.stringify(ports);
    const group: { ports: object[]; endpoints: Endpoint[] } = groups.get(key) ?? { ports, endpoints: [] };
    group.endpoints.push(endpointOf(pod));
    groups.set(key, group);
  }
  return [...groups.values()].map(({ ports, endpoints }, index) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${service.metadata.name}-bed${index}`,
      namespace: service.metadata.namespace,
      labels: {
        'kubernetes.io/service-name': service.metadata.name,
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        ...(service.spec.clusterIP === 'None' && { 'service.kubernetes.io/headless': '' }),
      },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name: service.metadata.name, uid: service.metadata.uid }],
    },
    addressType: 'IPv4',
    ports,
    endpoints,
  }));
}

const written = new Map<string, string>();

/** Makes the EndpointSlices of all Services follow their pods. */
export async function reconcileEndpoints(
  services: KubeObject[],
  pods: KubeObject[],
  present: KubeObject[],
): Promise<void> {
  const wanted = new Map<string, any>();
  for (const service of services) {
    if (!service.spec.selector) continue;
    const chosen = pods.filter(
      (pod) =>
        pod.metadata.namespace === service.metadata.namespace &&
        pod.status?.podIP &&
        selects(service.spec.selector, pod),
    );
    for (const slice of slicesOf(service, chosen) as KubeObject[]) {
      wanted.set(`${slice.metadata.namespace}/${slice.metadata.name}`, slice);
    }
  }
  const path = (namespace: string | undefined, name: string) =>
    `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices/${name}`;
  for (const [key, slice] of wanted) {
    const text = JSON.stringify(slice);
    if (written.get(key) === text) continue;
    await api.apply(path(slice.metadata.namespace, slice.metadata.name), slice, 'bed-endpoints');
    written.set(key, text);
  }
  for (const { metadata } of present) {
    const key = `${metadata.namespace}/${metadata.name}`;
    const ours = metadata.labels?.['endpointslice.kubernetes.io/managed-by'] === 'endpointslice-controller.k8s.io';
    if (!ours || wanted.has(key)) continue;
    written.delete(key);
    await api.maybe(path(metadata.namespace, metadata.name), { method: 'DELETE' });
  }
}
