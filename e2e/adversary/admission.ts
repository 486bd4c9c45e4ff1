import { api } from '../bed/api';
import { eventually } from '../bed/poll';

/** What an AdmissionGuard always refuses, wherever it enforces. */
const ALWAYS_REFUSED = JSON.stringify({
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'EnvoyFilter',
  metadata: { name: 'probe' },
  spec: {},
});

/** Whether an error is the word of an admission guard. */
export const isRefusal = (error: unknown): boolean => (error as Error).message.includes('ValidatingAdmissionPolicy');

async function holds(namespace: string): Promise<boolean> {
  const path = `/apis/networking.istio.io/v1alpha3/namespaces/${namespace}/envoyfilters?dryRun=All`;
  try {
    await api.text(path, { method: 'POST', text: ALWAYS_REFUSED, contentType: 'application/json' });
    return false;
  } catch (error) {
    if (isRefusal(error)) return true;
    throw error;
  }
}

/** Waits until the API server, which reads its policies now and then, refuses or takes what a namespace writes. */
export async function admissionIs(closed: boolean, namespace: string): Promise<void> {
  const what = `admission to be ${closed ? 'closed' : 'open'} in ${namespace}`;
  await eventually(what, async () => (await holds(namespace)) === closed, { within: 60_000 });
}
