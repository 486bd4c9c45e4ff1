import { KubeObject, api } from '../api';

/** Plays the autoscaler as far as it goes without load: a Deployment never has fewer pods than its minimum. */
export async function reconcileAutoscaler(autoscaler: KubeObject, deployments: KubeObject[]): Promise<void> {
  const { scaleTargetRef, minReplicas = 1 } = autoscaler.spec;
  const { namespace } = autoscaler.metadata;
  const target = deployments.find(
    ({ metadata }) => metadata.namespace === namespace && metadata.name === scaleTargetRef.name,
  );
  if (!target || (target.spec.replicas ?? 1) >= minReplicas) return;
  await api.maybe(`/apis/apps/v1/namespaces/${namespace}/deployments/${target.metadata.name}`, {
    method: 'PATCH',
    contentType: 'application/merge-patch+json',
    body: { spec: { replicas: minReplicas } },
  });
}
