import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { Input } from './input';

/**
 * What a user of kustomize keeps: an overlay per host, which names it, and a file per namespace. Lists cannot be gathered from
 * overlays, so that the namespace's policy is written out.
 */
export function writeOverlays(directory: string, { namespaces }: Input): void {
  const kustomization = (folder: string, content: object) => {
    mkdirSync(join(directory, folder), { recursive: true });
    const head = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' };
    writeFileSync(join(directory, folder, 'kustomization.yaml'), stringify({ ...head, ...content }));
  };
  for (const namespace of namespaces) {
    writeFileSync(join(directory, `${namespace.name}.yaml`), perNamespace(namespace));
    for (const { host, name } of namespace.hosts) {
      const data = {
        host,
        namespace: namespace.name,
        route: `${namespace.name}.${host}`,
        atExit: `istio-egress.${host}`,
      };
      const folder = join('hosts', host);
      kustomization(folder, { resources: ['../../base', 'names.yaml'], components: ['../../names'] });
      writeFileSync(join(directory, folder, 'names.yaml'), stringify(onlyHere(name, data)));
    }
  }
  const hosts = namespaces.flatMap((namespace) => namespace.hosts.map(({ host }) => `hosts/${host}`));
  kustomization('.', { resources: ['exit.yaml', ...namespaces.map(({ name }) => `${name}.yaml`), ...hosts] });
}

/** Values that kustomize reads and does not emit. */
function onlyHere(name: string, data: Record<string, string>) {
  const annotations = { 'config.kubernetes.io/local-config': 'true' };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, annotations }, data };
}

function perNamespace({ name, serviceAccount, hosts }: Input['namespaces'][number]): string {
  const policy = {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: { name: `istio-egress.${name}`, namespace: 'istio-egress' },
    spec: {
      action: 'ALLOW',
      rules: [
        {
          from: [{ source: { serviceAccounts: [`${name}/${serviceAccount}`] } }],
          to: [{ operation: { hosts: hosts.flatMap(({ host }) => [host, `${host}:80`]) } }],
        },
      ],
      selector: { matchLabels: { istio: 'istio-egress' } },
    },
  };
  return stringify(policy);
}
