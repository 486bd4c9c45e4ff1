/**
 * The version of HTTP in which an exit calls an external host. Istio has no setting with which a proxy offers both and takes the
 * one that the host chooses.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#ConnectionPoolSettings-HTTPSettings
 */
export enum UpstreamHttp {
  /** HTTP/1.1, whichever version the caller speaks. Carries WebSocket; does not carry gRPC. */
  HTTP_1_1 = 'HTTP_1_1',

  /**
   * HTTP/2, whichever version the caller speaks: for gRPC, and for hosts that speak nothing else. Does not carry WebSocket, and
   * every call to a host that speaks HTTP/1.1 alone gets 502 or 503.
   */
  HTTP_2 = 'HTTP_2',

  /**
   * The caller's own version: for hosts that speak both, and are called by gRPC as well as WebSocket. A caller with HTTP/2 gets
   * 502 or 503 from a host that speaks HTTP/1.1 alone, and a caller with HTTP/1.1 from one that speaks HTTP/2 alone.
   */
  AS_CALLED = 'AS_CALLED',
}
