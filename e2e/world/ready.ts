import { KubeObject, api } from '../bed/api';
import { policiesAreEnforced } from '../bed/kubelet/network-policies/enforce';

const idOf = ({ kind, metadata }: KubeObject, otherwise: string) =>
  `${kind ?? otherwise} ${metadata.namespace}/${metadata.name}`;

function hasItsPods({ spec, status, metadata }: KubeObject): boolean {
  const wanted = spec.replicas ?? 1;
  return (
    status?.readyReplicas === wanted &&
    status?.replicas === wanted &&
    status?.observedGeneration === metadata.generation
  );
}

/** Whether istiod has deployed what a Gateway of the Gateway API stands for. */
function isProgrammed({ status, metadata }: KubeObject): boolean {
  return (status?.conditions ?? []).some(
    (condition: any) =>
      condition.type === 'Programmed' &&
      condition.status === 'True' &&
      condition.observedGeneration === metadata.generation,
  );
}

/** What of the mesh is not there yet: Gateways without proxies, Deployments without the pods that they want, rules of NetworkPolicies. */
export async function notReady(): Promise<string[]> {
  const gateways = await api.list('/apis/gateway.networking.k8s.io/v1/gateways');
  const deployments = await api.list('/apis/apps/v1/deployments');
  return [
    ...gateways.filter((gateway) => !isProgrammed(gateway)).map((gateway) => idOf(gateway, 'Gateway')),
    ...deployments.filter((deployment) => !hasItsPods(deployment)).map((deployment) => idOf(deployment, 'Deployment')),
    ...((await policiesAreEnforced()) ? [] : ['NetworkPolicies']),
  ];
}
