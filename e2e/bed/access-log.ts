/**
 * One line of a proxy's access log: who called, what for, and which way it went. The addresses of both sides of the proxy are in it, so
 * that the lines of a call can be joined hop by hop even where no header can be read.
 */
export interface AccessLogLine {
  readonly call?: string;
  readonly start: string;
  readonly method?: string;
  readonly path?: string;
  readonly authority?: string;
  readonly protocol?: string;
  readonly status?: number;
  readonly flags?: string;
  readonly details?: string;
  readonly failure?: string;
  readonly cluster?: string;
  readonly route?: string;
  /** The identity that the caller's certificate proved, where the hop is mutual TLS. */
  readonly peer?: string;
  /** The same at a waypoint, which proves it for the tunnel and remembers it for what comes out of the tunnel. */
  readonly principal?: string;
  /** The name that the caller's TLS asked for. */
  readonly sni?: string;
  readonly from?: string;
  /** What takes the place of `from` in what comes out of a tunnel. */
  readonly source?: string;
  readonly at?: string;
  readonly out?: string;
  readonly to?: string;
  /** What policies that are only tried out would have done with an HTTP call: `allowed` or `denied`. */
  readonly trial?: string;
  /** The one of them that would have denied it. */
  readonly trialDeniedBy?: string;
}

/** Envoy's command operator for each field. */
export const ACCESS_LOG: Record<keyof AccessLogLine, string> = {
  call: '%REQ(X-BED-CALL)%',
  start: '%START_TIME%',
  method: '%REQ(:METHOD)%',
  path: '%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%',
  authority: '%REQ(:AUTHORITY)%',
  protocol: '%PROTOCOL%',
  status: '%RESPONSE_CODE%',
  flags: '%RESPONSE_FLAGS%',
  details: '%RESPONSE_CODE_DETAILS%',
  failure: '%UPSTREAM_TRANSPORT_FAILURE_REASON%',
  cluster: '%UPSTREAM_CLUSTER%',
  route: '%ROUTE_NAME%',
  peer: '%DOWNSTREAM_PEER_URI_SAN%',
  principal: '%FILTER_STATE(io.istio.peer_principal:PLAIN)%',
  sni: '%REQUESTED_SERVER_NAME%',
  from: '%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%', // what a header claims is not where it came from,
  source: '%DOWNSTREAM_REMOTE_ADDRESS%',
  at: '%DOWNSTREAM_LOCAL_ADDRESS%',
  out: '%UPSTREAM_LOCAL_ADDRESS%',
  to: '%UPSTREAM_HOST%',
  trial: '%DYNAMIC_METADATA(envoy.filters.http.rbac:istio_dry_run_allow_shadow_engine_result)%',
  trialDeniedBy: '%DYNAMIC_METADATA(envoy.filters.http.rbac:istio_dry_run_deny_shadow_effective_policy_id)%',
};
