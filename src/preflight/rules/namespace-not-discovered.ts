import { selectorMatches } from '../../model/selectors';
import { Finding } from '../finding';
import { Context } from '../rule';

/** With `discoverySelectors`, istiod reads nothing of a namespace that none of them selects. */
export function* namespaceNotDiscovered({ world }: Context): Iterable<Finding> {
  const used = new Set([...world.ours].map(({ namespace }) => namespace));
  for (const { manifest, mesh } of world.settings.configs) {
    const selectors = mesh.at('discoverySelectors').items;
    if (selectors.length === 0) continue;
    for (const namespace of world.namespaceObjects.filter(({ name }) => used.has(name))) {
      const labels = { 'kubernetes.io/metadata.name': namespace.name, ...namespace.labels };
      if (selectors.some((selector) => selectorMatches(selector, labels))) continue;
      yield {
        code: 'NamespaceNotDiscovered',
        severity: 'error',
        object: namespace,
        what: `the mesh's discoverySelectors do not select it: istiod ignores what we put there`,
        fix: `label it as the discoverySelectors in ConfigMap ${manifest.namespace}/${manifest.name} ask for`,
        affects: [],
      };
    }
  }
}
