import { KubeObject, api } from '../api';

interface Resource {
  name: string;
  namespaced: boolean;
  verbs: string[];
}

/** Every namespaced collection that the API server serves and can delete as a whole. */
async function collections(): Promise<string[]> {
  const groups = await api.json<{ groups: { preferredVersion: { groupVersion: string } }[] }>('/apis');
  const roots = ['/api/v1', ...groups.groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`)];
  const found = await Promise.all(
    roots.map(async (root) => {
      const { resources } = await api.json<{ resources: Resource[] }>(root);
      const deletable = resources.filter(({ namespaced, verbs }) => namespaced && verbs.includes('deletecollection'));
      return deletable.map(({ name }) => `${root}/namespaces/{}/${name}`);
    }),
  );
  return found.flat();
}

let known: string[] | undefined; // CRDs are there before the kubelet

const busy = new Set<string>();

/** Empties a namespace that is being deleted, then lets it go. */
async function finish(namespace: KubeObject) {
  const { name } = namespace.metadata;
  if (busy.has(name)) return;
  busy.add(name);
  try {
    known ??= await collections();
    const paths = known.map((path) => path.replace('{}', name));
    await Promise.all(paths.map(async (path) => api.maybe(path, { method: 'DELETE' })));
    const pods = await api.list(`/api/v1/namespaces/${name}/pods`);
    if (pods.length) return; // they need their grace period
    const body = { ...namespace, spec: { finalizers: [] } };
    await api.maybe(`/api/v1/namespaces/${name}/finalize`, { method: 'PUT', body });
  } finally {
    busy.delete(name);
  }
}

/** Plays the controllers of namespaces and service accounts. */
export async function reconcileNamespaces(namespaces: KubeObject[], accounts: Map<string, KubeObject>): Promise<void> {
  const going = namespaces.filter(({ metadata }) => metadata.deletionTimestamp);
  await Promise.all(going.map(finish));
  for (const { metadata } of namespaces) {
    const { name } = metadata;
    if (metadata.deletionTimestamp) continue;
    if (!accounts.has(`${name}/default`)) {
      const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } };
      await api.apply(`/api/v1/namespaces/${name}/serviceaccounts/default`, account, 'bed-accounts');
    }
  }
}
