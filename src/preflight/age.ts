import { Manifest } from '../model/manifest';

/** The manifests that were given as ours; everything else is the cluster's. */
export type Ours = ReadonlySet<Manifest>;

/**
 * Sorts as istiod does, the oldest first. What is not applied yet is the newest; an object of the cluster without a time is
 * taken to have been there before.
 *
 * @see configCompareByCreationTime in istio/istio, pilot/pkg/model/config.go
 */
export function byAge<T extends { manifest: Manifest }>(items: Iterable<T>, ours: Ours): T[] {
  const time = ({ manifest }: T) => manifest.created ?? (ours.has(manifest) ? '~' : '');
  return [...items].sort(
    (a, b) =>
      compare(time(a), time(b)) ||
      compare(a.manifest.name, b.manifest.name) ||
      compare(a.manifest.namespace, b.manifest.namespace),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
