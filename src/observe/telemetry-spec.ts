import { TelemetrySpecAccessLoggingMatchMode as Mode, toJson_TelemetrySpec } from '../../imports/telemetry.istio.io';

/** Istio's own provider of access logs, which every mesh has: text or JSON on standard output, as the mesh configuration says. */
export const BUILT_IN_PROVIDER = 'envoy';

/**
 * Has sidecars log the calls that their workloads make. What they log of calls that come in stays as it is: a Telemetry that
 * names one side alone would take the mesh's default from the other.
 */
export function outgoingCallsLogged(provider: string) {
  return toJson_TelemetrySpec({
    accessLogging: [
      { match: { mode: Mode.SERVER } },
      { match: { mode: Mode.CLIENT }, providers: [{ name: provider }] },
    ],
  });
}

/** Has the pods of a gateway log every call. */
export function allCallsLogged(provider: string, matchLabels: { [key: string]: string }) {
  return toJson_TelemetrySpec({ selector: { matchLabels }, accessLogging: [{ providers: [{ name: provider }] }] });
}
