import { TelemetrySpec } from '../../imports/telemetry.istio.io';
import { Plain } from '../mesh/plain';
import { GATEWAY_NAME } from '../waypoint/waypoint-address';

/** Istio's own provider of access logs, which every mesh has: text or JSON on standard output, as the mesh configuration says. */
export const BUILT_IN_PROVIDER = 'envoy';

/**
 * Has the sidecars of a namespace log every call. Those that come in too: naming one side alone would take the other's lines
 * from a mesh that logs with a default provider.
 */
export function sidecarsLog(provider: string) {
  return { accessLogging: [{ providers: [{ name: provider }] }] } satisfies Plain<TelemetrySpec>;
}

/** Has the pods of an exit log every call. Of a waypoint Istio wants the Gateway named, not its pods. */
export function exitLogs(provider: string, labels: { [key: string]: string }) {
  const waypoint = labels[GATEWAY_NAME];
  return {
    ...(waypoint === undefined
      ? { selector: { matchLabels: labels } }
      : { targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: waypoint }] }),
    accessLogging: [{ providers: [{ name: provider }] }],
  } satisfies Plain<TelemetrySpec>;
}
