import { Policy } from '../../model/policy';

/** Whether an extension changes Envoys in this context; an EnvoyFilter's patch without one is for all. */
export function contextOf({ manifest }: Policy, context: 'GATEWAY' | 'SIDECAR_OUTBOUND'): boolean {
  if (manifest.kind !== 'EnvoyFilter') return true;
  return manifest.spec
    .at('configPatches')
    .items.some((patch) => ['ANY', context].includes(patch.at('match', 'context').text?.toUpperCase() ?? 'ANY'));
}
