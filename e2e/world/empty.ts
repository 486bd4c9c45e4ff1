import { api } from '../bed/api';
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
];

async function emptyKept(namespace: string) {
  for (const group of GROUPS) {
    const { resources } = await api.json<{ resources: { name: string; namespaced: boolean }[] }>(`/apis/${group}`);
    const names = resources.filter(({ name, namespaced }) => namespaced && !name.includes('/')).map(({ name }) => name);
    for (const name of names) await api.text(`/apis/${group}/namespaces/${namespace}/${name}`, { method: 'DELETE' });
  }
}

/** Deletes all namespaces but the system's, their pods at once, and what was put into the system's; waits until they are gone. */
export async function empty(): Promise<void> {
  const names = (await api.list('/api/v1/namespaces'))
    .map(({ metadata }) => metadata.name)
    .filter((name) => !KEPT.has(name));
  for (const name of names) {
    await api.text(`/apis/apps/v1/namespaces/${name}/deployments`, { method: 'DELETE' });
    await api.text(`/api/v1/namespaces/${name}/pods`, { method: 'DELETE', body: { gracePeriodSeconds: 0 } });
    await api.maybe(`/api/v1/namespaces/${name}`, { method: 'DELETE' });
  }
  for (const name of ['istio-system', 'default']) await emptyKept(name);
  await eventually(
    'the namespaces to go',
    async () => {
      const left = (await api.list('/api/v1/namespaces'))
        .map(({ metadata }) => metadata.name)
        .filter((name) => !KEPT.has(name));
      if (left.length) throw new Error(`left: ${left.join(', ')}`);
      return true;
    },
    { within: 60_000 },
  );
}
