import { MANAGER } from './objects';
import { KubeObject, api } from '../bed/api';
import { OF_THE_BED } from '../bed/layout';
import { eventually } from '../bed/poll';

const KEPT = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease', 'istio-system']);

/** Groups whose objects may also lie in a namespace that stays, such as policies in the root namespace. */
const GROUPS = [
  'networking.istio.io/v1',
  'networking.istio.io/v1alpha3',
  'security.istio.io/v1',
  'telemetry.istio.io/v1',
  'extensions.istio.io/v1alpha1',
  'gateway.networking.k8s.io/v1',
  'networking.k8s.io/v1',
];

const NOT_OURS = `labelSelector=${encodeURIComponent(`!${OF_THE_BED}`)}`;

async function emptyKept(namespace: string) {
  const emptyGroup = async (group: string) => {
    const { resources } = await api.json<{ resources: { name: string; namespaced: boolean }[] }>(`/apis/${group}`);
    const names = resources.filter(({ name, namespaced }) => namespaced && !name.includes('/')).map(({ name }) => name);
    const paths = names.map((name) => `/apis/${group}/namespaces/${namespace}/${name}?${NOT_OURS}`);
    await Promise.all(paths.map(async (path) => api.text(path, { method: 'DELETE' })));
  };
  await Promise.all(GROUPS.map(emptyGroup));
}

/** What manifests may bring that belongs to no namespace. What decides about other objects goes before them. */
const CLUSTER_WIDE = [
  '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings',
  '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies',
  '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
  '/apis/rbac.authorization.k8s.io/v1/clusterroles',
];

/** Deletes what was applied by suites; the API server and istiod have objects of these kinds too. */
async function emptyClusterWide() {
  for (const collection of CLUSTER_WIDE) {
    for (const { metadata } of await api.list(collection)) {
      const managers = (metadata.managedFields ?? []) as { manager: string }[];
      if (!managers.some(({ manager }) => manager === MANAGER)) continue;
      await api.maybe(`${collection}/${encodeURIComponent(metadata.name)}`, { method: 'DELETE' });
    }
  }
}

/** Ends the pods of a namespace at once. */
async function endPods(namespace: string, query = ''): Promise<void> {
  await api.text(`/api/v1/namespaces/${namespace}/pods?${query}`, {
    method: 'DELETE',
    body: { gracePeriodSeconds: 0 },
  });
}

/** What a world has put into the root namespace besides: an ingress gateway, which often lives there. */
async function emptyRoot() {
  const root = 'istio-system';
  await api.text(`/apis/apps/v1/namespaces/${root}/deployments`, { method: 'DELETE' });
  await endPods(root, NOT_OURS);
  for (const { metadata } of await api.list(`/api/v1/namespaces/${root}/services`)) {
    if (metadata.name === 'istiod') continue;
    await api.maybe(`/api/v1/namespaces/${root}/services/${metadata.name}`, { method: 'DELETE' });
  }
  const secrets = await api.list(`/api/v1/namespaces/${root}/secrets`);
  for (const secret of secrets as (KubeObject & { type?: string })[]) {
    if (secret.type !== 'kubernetes.io/tls') continue;
    await api.maybe(`/api/v1/namespaces/${root}/secrets/${secret.metadata.name}`, { method: 'DELETE' });
  }
}

/** Deletes all namespaces but the system's, their pods at once, and what was put elsewhere; waits until they are gone. */
export async function empty(): Promise<void> {
  await emptyClusterWide();
  const names = (await api.list('/api/v1/namespaces'))
    .map(({ metadata }) => metadata.name)
    .filter((name) => !KEPT.has(name));
  for (const name of names) {
    await api.text(`/apis/apps/v1/namespaces/${name}/deployments`, { method: 'DELETE' });
    await endPods(name);
    await api.maybe(`/api/v1/namespaces/${name}`, { method: 'DELETE' });
  }
  await Promise.all(['istio-system', 'default'].map(emptyKept));
  await emptyRoot();
  await eventually(
    'the namespaces to go',
    async () => {
      const left = (await api.list('/api/v1/namespaces'))
        .map(({ metadata }) => metadata.name)
        .filter((name) => !KEPT.has(name));
      // A controller may have made one more in the meantime, which the namespace would give its whole grace period.
      await Promise.all(left.map(async (name) => endPods(name)));
      if (left.length) throw new Error(`left: ${left.join(', ')}`);
      return true;
    },
    { within: 60_000, every: 250 },
  );
}
