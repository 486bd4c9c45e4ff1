import { fullHost } from './hosts';
import { Manifest } from './manifest';
import { Value } from './value';

/** An Istio DestinationRule. */
export interface DestinationRule {
  readonly manifest: Manifest;
  readonly namespace: string;
  readonly host: string;
  /** As written: which rules are merged depends on it. Empty for the mesh's default. */
  readonly exportTo: string[];
  /** The labels of the pods whose calls it is for; undefined for all. */
  readonly selector?: Record<string, string>;
  /** The policy for all subsets. */
  readonly policy?: Value;
  /** The policies of subsets, by name; undefined for a subset without one. */
  readonly subsets: ReadonlyMap<string, Value>;
}

/** Reads a DestinationRule; undefined if it names no host. */
export function toDestinationRule(manifest: Manifest, domain: string): DestinationRule | undefined {
  const { namespace, spec } = manifest;
  const host = spec.at('host').text;
  if (!host) return undefined;
  const selector = spec.at('workloadSelector');
  const policy = spec.at('trafficPolicy');
  return {
    manifest,
    namespace,
    host: fullHost(host, namespace, domain),
    exportTo: spec.at('exportTo').texts,
    selector: selector.exists ? selector.at('matchLabels').map : undefined,
    policy: policy.exists ? policy : undefined,
    subsets: new Map(
      spec
        .at('subsets')
        .items.map((subset) => [subset.at('name').text ?? '', subset.at('trafficPolicy')] as const)
        .reverse(), // Of two with one name, the first counts.
    ),
  };
}
