import { narrowedCalls, podsOfSidecar } from './sidecars';
import { Finding } from '../finding';
import { Context } from '../rule';

/** A Sidecar that lets its pods call what nothing declares: from there, nothing of ours is enforced. */
export function* sidecarAllowsAny(context: Context): Iterable<Finding> {
  for (const { call, sidecar } of narrowedCalls(context)) {
    if (sidecar.outbound !== 'ALLOW_ANY') continue;
    yield {
      code: 'SidecarAllowsAny',
      severity: 'error',
      object: sidecar.manifest,
      what: `${podsOfSidecar(sidecar)} send calls that nothing declares straight to the internet, whatever the mesh says`,
      fix: 'remove its outboundTrafficPolicy, or set the mode to REGISTRY_ONLY',
      affects: [call.namespace],
    };
  }
}
