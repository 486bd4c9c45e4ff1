import { createHash } from 'node:crypto';
import { ApiError, KubeObject, api } from '../api';
import { injected } from './injection';

const NODE_NAME = 'bed-node';

/** A short name for a template: pods of another template are replaced. */
function hashOf(template: unknown): string {
  return createHash('sha256').update(JSON.stringify(template)).digest('hex').slice(0, 8);
}

function isOwnedBy(pod: KubeObject, owner: KubeObject): boolean {
  return Boolean(pod.metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid));
}

/** Whether all containers of a pod are ready. */
export function isReady(pod: KubeObject): boolean {
  return (pod.status?.conditions ?? []).some(
    (condition: any) => condition.type === 'Ready' && condition.status === 'True',
  );
}

function freeName(owner: KubeObject, taken: Set<string>): string {
  for (let index = 0; ; index++) {
    const name = `${owner.metadata.name}-${index}`;
    if (!taken.has(name)) return name;
  }
}

async function createPod(owner: KubeObject, name: string, hash: string, namespace: KubeObject | undefined) {
  const template = injected(owner.spec.template, namespace);
  const ownNamespace = owner.metadata.namespace;
  await api.json(`/api/v1/namespaces/${ownNamespace}/pods`, {
    method: 'POST',
    body: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        ...template.metadata,
        name,
        labels: { ...template.metadata?.labels, 'pod-template-hash': hash },
        ownerReferences: [
          {
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            name: owner.metadata.name,
            uid: owner.metadata.uid,
            controller: true,
          },
        ],
      },
      spec: { serviceAccountName: 'default', ...template.spec, nodeName: NODE_NAME },
    },
  });
}

async function deletePod(pod: KubeObject) {
  const { namespace, name } = pod.metadata;
  await api.remove(`/api/v1/namespaces/${namespace}/pods/${name}`, pod);
}

async function report(deployment: KubeObject, pods: KubeObject[]) {
  const ready = pods.filter(isReady).length;
  const wanted = deployment.spec.replicas ?? 1;
  const before = deployment.status ?? {};
  const generation = deployment.metadata.generation;
  if (before.readyReplicas === ready && before.replicas === pods.length && before.observedGeneration === generation) {
    return;
  }
  const { namespace, name } = deployment.metadata;
  await api.maybe(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}/status`, {
    method: 'PATCH',
    contentType: 'application/merge-patch+json',
    body: {
      status: {
        observedGeneration: generation,
        replicas: pods.length,
        updatedReplicas: pods.length,
        readyReplicas: ready,
        availableReplicas: ready,
        conditions: [{ type: 'Available', status: ready >= wanted ? 'True' : 'False', reason: 'Bed', message: '' }],
      },
    },
  });
}

/** Makes a Deployment's pods match it: as many as it wants, from its present template. */
export async function reconcileDeployment(
  deployment: KubeObject,
  pods: KubeObject[],
  namespace: KubeObject | undefined,
) {
  const hash = hashOf(deployment.spec.template);
  const own = pods.filter((pod) => isOwnedBy(pod, deployment));
  const alive = own.filter((pod) => !pod.metadata.deletionTimestamp);
  const wanted = deployment.metadata.deletionTimestamp ? 0 : (deployment.spec.replicas ?? 1);
  const current = alive.filter((pod) => pod.metadata.labels?.['pod-template-hash'] === hash);
  const outdated = alive.filter((pod) => !current.includes(pod));
  const taken = new Set(
    pods.filter((pod) => pod.metadata.namespace === deployment.metadata.namespace).map((pod) => pod.metadata.name),
  );
  for (let missing = wanted - current.length; missing > 0; missing--) {
    const name = freeName(deployment, taken);
    taken.add(name);
    try {
      await createPod(deployment, name, hash, namespace);
    } catch (error) {
      // Made in the round before; its event has not arrived yet.
      if (!(error instanceof ApiError && error.status === 409)) throw error;
    }
  }
  for (const pod of current.slice(wanted)) await deletePod(pod);
  // As a rolling update does: the old pods leave when the new ones can take over.
  if (current.filter(isReady).length >= wanted) for (const pod of outdated) await deletePod(pod);
  await report(deployment, current);
}

/** Removes pods whose Deployment is gone, as the garbage collector does. */
export async function collectPods(pods: KubeObject[], deployments: KubeObject[]): Promise<void> {
  const owners = new Set(deployments.map((deployment) => deployment.metadata.uid));
  for (const pod of pods) {
    const owner = pod.metadata.ownerReferences?.find(({ kind }) => kind === 'Deployment');
    if (owner && !owners.has(owner.uid) && !pod.metadata.deletionTimestamp) await deletePod(pod);
  }
}
