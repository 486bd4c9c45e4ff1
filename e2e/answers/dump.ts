import { api, KubeObject } from '../bed/api';

/** Groups of which the engine reads something. */
const GROUPS = [
  '',
  'discovery.k8s.io',
  'networking.k8s.io',
  'networking.istio.io',
  'security.istio.io',
  'telemetry.istio.io',
  'extensions.istio.io',
  'gateway.networking.k8s.io',
];

/** Kinds that the API serves by the hundred and no call meets. */
const EXCEPT = ['events', 'leases', 'configmaps', 'bindings', 'componentstatuses'];

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly verbs: string[];
}

interface Group {
  readonly name: string;
  readonly preferredVersion: { readonly groupVersion: string };
  readonly versions: { readonly groupVersion: string }[];
}

let known: Promise<{ path: string; apiVersion: string; kind: string }[]> | undefined;

/** Where the API lists what the engine reads, in each kind's preferred version. */
async function lists() {
  const { groups } = await api.json<{ groups: Group[] }>('/apis');
  const versions = groups
    .filter(({ name }) => GROUPS.includes(name))
    .flatMap(({ preferredVersion, versions: all }) => [
      preferredVersion.groupVersion,
      ...all.map(({ groupVersion }) => groupVersion),
    ]);
  const seen = new Set<string>();
  const found: { path: string; apiVersion: string; kind: string }[] = [];
  for (const version of ['v1', ...versions]) {
    const root = version.includes('/') ? `/apis/${version}` : `/api/${version}`;
    const { resources } = await api.json<{ resources: Resource[] }>(root);
    for (const { name, kind, verbs } of resources) {
      const key = `${version.split('/')[0]} ${kind}`;
      if (!verbs.includes('list') || name.includes('/') || EXCEPT.includes(name) || seen.has(key)) continue;
      seen.add(key);
      found.push({ path: `${root}/${name}`, apiVersion: version, kind });
    }
  }
  return found;
}

/** Everything that is in the cluster, as `kubectl get` would print it; without what Secrets hold. */
export async function dump(): Promise<string> {
  known ??= lists();
  const items = await Promise.all(
    (await known).map(async ({ path, apiVersion, kind }) =>
      (await api.list(path)).map((item) => ({ ...withoutSecrets(item), apiVersion, kind })),
    ),
  );
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: items.flat() });
}

const withoutSecrets = ({ data: _, metadata, ...rest }: KubeObject): KubeObject => ({
  ...rest,
  metadata: { ...metadata, managedFields: undefined },
});
