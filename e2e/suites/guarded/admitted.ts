import { eventually } from '../../bed/poll';
import { Mesh } from '../../world/mesh';

/** What an AdmissionGuard always refuses, wherever it enforces. */
const ALWAYS_REFUSED = (namespace: string) => ({
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'EnvoyFilter',
  metadata: { name: 'probe', namespace },
  spec: {},
});

/** What kube-apiserver says of an object, and whether it takes it. */
export async function review(mesh: Mesh, objects: object | string, flags: string[] = []) {
  const input = typeof objects === 'string' ? objects : JSON.stringify(objects);
  const { code, stdout, stderr } = await mesh.kubectl(['apply', '--server-side', '-f', '-', ...flags], {
    input,
    mayFail: true,
  });
  return { accepted: code === 0, said: stderr.trim(), stdout };
}

/** Waits until the API server, which reads its policies now and then, refuses what an AdmissionGuard refuses in a namespace. */
export async function admissionHolds(mesh: Mesh, namespace: string): Promise<void> {
  await eventually(`admission in ${namespace}`, async () => {
    const { accepted, said } = await review(mesh, ALWAYS_REFUSED(namespace), ['--dry-run=server']);
    return !accepted && said.includes('changes proxies past all rules');
  });
}
