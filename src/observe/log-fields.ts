/**
 * The fields of a line of the access log, and Envoy's command operators for them. Neither queries nor headers are among them:
 * they hold what applications keep secret.
 */
export const LOG_FIELDS = {
  time: '%START_TIME%',
  /** Whom the certificate of the hop names; nobody on a sidecar's way out. */
  caller: '%DOWNSTREAM_PEER_URI_SAN%',
  /** The same at a waypoint, which reads it where the tunnel ends. */
  tunnel_caller: '%FILTER_STATE(io.istio.peer_principal:PLAIN)%',
  /** Whose proxy it is. */
  namespace: '%ENVIRONMENT(POD_NAMESPACE)%',
  service_account: '%ENVIRONMENT(SERVICE_ACCOUNT)%',
  pod: '%ENVIRONMENT(POD_NAME)%',
  host: '%REQ(:AUTHORITY)%',
  server_name: '%REQUESTED_SERVER_NAME%',
  method: '%REQ(:METHOD)%',
  path: '%REQ_WITHOUT_QUERY(X-ENVOY-ORIGINAL-PATH?:PATH)%',
  protocol: '%PROTOCOL%',
  code: '%RESPONSE_CODE%',
  flags: '%RESPONSE_FLAGS%',
  details: '%RESPONSE_CODE_DETAILS%',
  termination: '%CONNECTION_TERMINATION_DETAILS%',
  /** Why TLS with the caller failed: a server of the exit takes the service accounts that it is for, and nobody else. */
  handshake: '%DOWNSTREAM_TRANSPORT_FAILURE_REASON%',
  upstream_failure: '%UPSTREAM_TRANSPORT_FAILURE_REASON%',
  route: '%ROUTE_NAME%',
  cluster: '%UPSTREAM_CLUSTER_RAW%',
  upstream: '%UPSTREAM_HOST%',
  destination: '%DOWNSTREAM_LOCAL_ADDRESS%',
  source: '%DOWNSTREAM_REMOTE_ADDRESS%',
  bytes_received: '%BYTES_RECEIVED%',
  bytes_sent: '%BYTES_SENT%',
  duration: '%DURATION%',
  request_id: '%REQ(X-REQUEST-ID)%',
  /** The policy that let the call pass; Envoy says it of HTTP only. */
  policy: '%DYNAMIC_METADATA(envoy.filters.http.rbac:enforced_effective_policy_id)%',
  /** What policies that are only tried out would have done to the HTTP call: "allowed" or "denied". */
  trial: '%DYNAMIC_METADATA(envoy.filters.http.rbac:istio_dry_run_allow_shadow_engine_result)%',
  trial_denied_by: '%DYNAMIC_METADATA(envoy.filters.http.rbac:istio_dry_run_deny_shadow_effective_policy_id)%',
};
