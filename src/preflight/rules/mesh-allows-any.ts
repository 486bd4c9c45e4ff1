import { Finding } from '../finding';
import { Context } from '../rule';

/** The mesh's own setting, which is ALLOW_ANY unless it says otherwise. */
export function* meshAllowsAny({ world, clientCalls, exits }: Context): Iterable<Finding> {
  if (clientCalls.length === 0 && exits.length === 0) return;
  for (const { manifest, mesh } of world.settings.configs) {
    const mode = mesh.at('outboundTrafficPolicy', 'mode').text?.toUpperCase() ?? 'ALLOW_ANY';
    if (mode !== 'ALLOW_ANY') continue;
    yield {
      code: 'MeshAllowsAny',
      severity: 'error',
      object: manifest,
      what: 'outboundTrafficPolicy is ALLOW_ANY: sidecars send calls that nothing declares straight to the internet, and nothing of ours is enforced',
      fix: 'set meshConfig.outboundTrafficPolicy.mode to REGISTRY_ONLY',
      affects: [],
    };
  }
}
