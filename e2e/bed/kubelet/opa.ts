import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KubeObject, api } from '../api';
import { podDirectory, podNetns } from '../layout';
import { Parts } from '../parts';
import { daemon } from '../process';

/** Whether a container runs OPA with its Envoy plugin, in whose place the bed has a program of its own on OPA's engine. */
export const isOpa = ({ image }: { image?: string }): boolean => /(^|\/)opa:/.test(image ?? '');

/** Writes the ConfigMap that a container mounts; answers with the folder. */
async function mount(pod: KubeObject, container: any, mountPath: string): Promise<string> {
  const { namespace = '', name } = pod.metadata;
  const volume = container.volumeMounts?.find((candidate: any) => candidate.mountPath === mountPath)?.name;
  const map = pod.spec.volumes?.find((candidate: any) => candidate.name === volume)?.configMap?.name;
  if (!map) throw new Error(`pod ${namespace}/${name} mounts no ConfigMap at ${mountPath}`);
  const { data = {} } = await api.json<{ data?: Record<string, string> }>(
    `/api/v1/namespaces/${namespace}/configmaps/${map}`,
  );
  const folder = join(podDirectory(namespace, name), `opa${mountPath}`);
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(data)) writeFileSync(join(folder, file), text);
  return folder;
}

/** Starts OPA in the pod's network, with the configuration and the policy that its container mounts. */
export async function startOpa(pod: KubeObject, container: any, parts: Parts): Promise<void> {
  const { namespace = '', name } = pod.metadata;
  const config = await mount(pod, container, '/config');
  const policies = await mount(pod, container, '/policy');
  const diagnostics = (container.args as string[]).find((arg) => arg.startsWith('--diagnostic-addr='));
  const args = [`--config-file=${join(config, 'config.yaml')}`, `--policies=${policies}`, diagnostics ?? ''];
  daemon(['ip', 'netns', 'exec', podNetns(namespace, name), parts.opa, ...args.filter(Boolean)], {
    log: join(podDirectory(namespace, name), 'opa.log'),
  });
}
