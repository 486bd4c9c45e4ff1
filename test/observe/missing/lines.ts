/** Lines that proxies of the test bed wrote, in Istio's default text format. */
export const TEXT = {
  ledToExit:
    '[2026-11-21T08:12:53.189Z] "GET /v1/x?secret=1 HTTP/1.1" 200 - via_upstream - "-" 0 125 34 33 "-" "-" "72c292a5" "api.stripe.com" "10.44.0.9:8080" outbound|80||istio-egress.istio-egress.svc.cluster.local 10.44.0.4:46400 203.0.113.1:80 10.44.0.4:51054 - -',
  inCluster:
    '[2026-11-21T08:12:53.315Z] "GET /in-cluster HTTP/1.1" 200 - via_upstream - "-" 0 183 4 3 "-" "-" "5c468247" "web.shop:8080" "10.44.0.6:8080" outbound|8080||web.shop.svc.cluster.local 10.44.0.4:51064 10.96.149.146:8080 10.44.0.4:50314 - default',
  passedHttp:
    '[2026-11-21T08:12:53.307Z] "GET /a HTTP/1.1" 200 - via_upstream - "-" 0 238 1 1 "-" "-" "00fa1a88" "undeclared.example.org" "203.0.113.2:80" PassthroughCluster 10.44.0.5:41284 203.0.113.2:80 10.44.0.5:41274 - allow_any',
  refusedHttp:
    '[2026-11-21T08:12:53.340Z] "GET /b HTTP/1.1" 502 - direct_response - "-" 0 0 0 - "-" "-" "5e8e636d" "undeclared.example.org" "-" - - 203.0.113.2:80 10.44.0.7:49998 - block_all',
  passedTls:
    '[2026-11-21T08:12:53.276Z] "- - -" 0 - - - "-" 603 1746 25 - "-" "-" "-" "-" "203.0.113.2:443" PassthroughCluster 10.44.0.5:50218 203.0.113.2:443 10.44.0.5:50214 undeclared.example.org -',
  refusedTcp:
    '[2026-11-21T08:12:53.391Z] "- - -" 0 UH - - "-" 0 0 0 - "-" "-" "-" "-" "-" BlackHoleCluster - 203.0.113.1:5432 10.44.0.7:54576 - -',
  atExit:
    '[2026-11-21T08:12:53.192Z] "GET /v1/x HTTP/1.1" 200 - via_upstream - "-" 0 125 31 - "-" "-" "-" "api.stripe.com" "203.0.113.1:443" outbound|443|port-80|api.stripe.com 10.44.0.9:47632 10.44.0.9:8080 10.44.0.4:46400 outbound_.80_._.istio-egress.istio-egress.svc.cluster.local -',
  refusedAtExit:
    '[2026-11-21T08:12:53.268Z] "GET /v1/z HTTP/1.1" 403 - rbac_access_denied_matched_policy[none] - "-" 0 19 0 - "10.44.0.8" "-" "b0701475" "api.stripe.com" "-" outbound|443|port-80|api.stripe.com - 10.44.0.9:8080 10.44.0.8:54656 outbound_.80_._.istio-egress.istio-egress.svc.cluster.local -',
};

/** The same of `EgressAccessLog`, as far as it matters. */
export const OURS = {
  triedOut: {
    bytes_sent: 116,
    caller: 'spiffe://cluster.local/ns/orders/sa/clerk',
    cluster: 'outbound|443|port-80|api.stripe.com',
    destination: '10.44.0.9:8080',
    details: 'via_upstream',
    host: 'api.stripe.com:8080',
    method: 'GET',
    namespace: 'istio-egress',
    server_name: 'outbound_.80_._.istio-egress.istio-egress.svc.cluster.local',
    service_account: 'istio-egress',
    policy: 'ns[istio-egress]-policy[istio-egress.orders.observed]-rule[0]',
    trial: 'denied',
  },
  passedTls: {
    bytes_sent: 1745,
    caller: null,
    cluster: 'PassthroughCluster',
    destination: '203.0.113.2:443',
    method: null,
    namespace: 'orders',
    server_name: 'undeclared.example.org',
    service_account: 'clerk',
    trial: null,
  },
};
