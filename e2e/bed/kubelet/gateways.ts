import { KubeObject, api } from '../api';

const PATHS: Record<string, string> = {
  Deployment: '/apis/apps/v1',
  Service: '/api/v1',
  ServiceAccount: '/api/v1',
};

/**
 * Removes what istiod deployed for a Gateway that is gone, as the garbage collector does. Objects name their owner by its id: a new Gateway
 * of the same name is another owner.
 */
export async function collectOfGateways(objects: KubeObject[], kind: string, gateways: KubeObject[]): Promise<void> {
  const present = new Set(gateways.map(({ metadata }) => metadata.uid));
  for (const object of objects) {
    const { metadata } = object;
    const owner = metadata.ownerReferences?.find((reference) => reference.kind === 'Gateway');
    if (!owner || present.has(owner.uid) || metadata.deletionTimestamp) continue;
    const path = `${PATHS[kind]}/namespaces/${metadata.namespace}/${kind.toLowerCase()}s/${metadata.name}`;
    await api.remove(path, object);
  }
}
