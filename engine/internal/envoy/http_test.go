package envoy

import (
	"testing"

	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

var manager = &hcm.HttpConnectionManager{
	NormalizePath:                wrapperspb.Bool(true),
	MergeSlashes:                 true,
	PathWithEscapedSlashesAction: hcm.HttpConnectionManager_UNESCAPE_AND_FORWARD,
	UpgradeConfigs:               []*hcm.HttpConnectionManager_UpgradeConfig{{UpgradeType: "websocket"}},
}

// What real Envoys did with these, the campaign of e2e/adversary saw.
func TestNormalize(t *testing.T) {
	for name, test := range map[string]struct {
		request Request
		status  int
		target  string
		host    string
	}{
		"as it is":                     {request: Request{Method: "GET", Target: "/v1/a?b=c", Version: 1}, target: "/v1/a?b=c"},
		"dots":                         {request: Request{Method: "GET", Target: "/v1/../admin", Version: 1}, target: "/admin"},
		"escaped dots":                 {request: Request{Method: "GET", Target: "/v1/%2e%2E/admin", Version: 1}, target: "/admin"},
		"escaped slashes":              {request: Request{Method: "GET", Target: "/v1/..%2fadmin", Version: 1}, target: "/admin"},
		"dots with parameters":         {request: Request{Method: "GET", Target: "/v1/..;/admin", Version: 1}, target: "/admin"},
		"backslashes":                  {request: Request{Method: "GET", Target: `/v1/..\admin`, Version: 1}, target: "/admin"},
		"slashes":                      {request: Request{Method: "GET", Target: "//v1///a", Version: 1}, target: "/v1/a"},
		"a method that Envoy answers":  {request: Request{Method: "QUERY", Target: "/", Version: 1}, status: 400},
		"a zero":                       {request: Request{Method: "GET", Target: "/v1/..%00/admin", Version: 2}, status: 400},
		"a method of nobody":           {request: Request{Method: "BREW", Target: "/", Version: 1}, status: 400},
		"a method in other letters":    {request: Request{Method: "get", Target: "/", Version: 1}, status: 400},
		"a method of nobody in HTTP/2": {request: Request{Method: "BREW", Target: "/", Version: 2}, target: "/"},
		"an absolute target":           {request: Request{Method: "GET", Target: "http://other.example/a", Version: 1}, target: "/a", host: "other.example"},
		"a header of the proxy's":      {request: Request{Method: "GET", Target: "/", Version: 1, Headers: Headers{"connection": {"close, :authority"}}}, status: 400},
		"no host to be removed":        {request: Request{Method: "GET", Target: "/", Version: 1, Headers: Headers{"connection": {"Host"}}}, status: 400},
		"a host with a slash":          {request: Request{Method: "GET", Target: "/", Version: 1, Authority: "a/b"}, status: 400},
		"a host with a user":           {request: Request{Method: "GET", Target: "/", Version: 1, Authority: "a@b"}, target: "/", host: "a@b"},
		"a host with a user in HTTP/2": {request: Request{Method: "GET", Target: "/", Version: 2, Authority: "a@b"}, status: 400},
	} {
		t.Run(name, func(t *testing.T) {
			if test.request.Authority == "" {
				test.request.Authority = "api.example"
			}
			if test.host == "" {
				test.host = test.request.Authority
			}
			got, status := Normalize(manager, &test.request, 80, false)
			if status != test.status {
				t.Fatalf("status %d, not %d", status, test.status)
			}
			if status == 0 && (got.Target != test.target || got.Authority != test.host) {
				t.Errorf("%s of %s, not %s of %s", got.Target, got.Authority, test.target, test.host)
			}
		})
	}
}

func TestRefusesUpgrade(t *testing.T) {
	for to, refused := range map[string]bool{"websocket": false, "WebSocket": false, "TLS/1.2, other.example": true, "h2c": false} {
		request := &Request{Version: 1, Headers: Headers{"connection": {"Upgrade"}, "upgrade": {to}}}
		if RefusesUpgrade(manager, request) != refused {
			t.Errorf("%s: refused is %v", to, !refused)
		}
	}
}

func TestRoute(t *testing.T) {
	to := func(cluster string) []*route.Route {
		return []*route.Route{{
			Match:  &route.RouteMatch{PathSpecifier: &route.RouteMatch_Prefix{Prefix: "/"}},
			Action: &route.Route_Route{Route: &route.RouteAction{ClusterSpecifier: &route.RouteAction_Cluster{Cluster: cluster}}},
		}}
	}
	configuration := &route.RouteConfiguration{
		IgnorePortInHostMatching: true,
		VirtualHosts: []*route.VirtualHost{
			{Name: "all", Domains: []string{"*"}, Routes: to("all")},
			{Name: "wide", Domains: []string{"*.example"}, Routes: to("wide")},
			{Name: "narrow", Domains: []string{"*.api.example"}, Routes: to("narrow")},
			{Name: "exact", Domains: []string{"Api.example"}, Routes: to("exact")},
			{Name: "encrypted", Domains: []string{"tls.example"}, RequireTls: route.VirtualHost_ALL, Routes: to("encrypted")},
		},
	}
	its := &hcm.HttpConnectionManager{RouteSpecifier: &hcm.HttpConnectionManager_RouteConfig{RouteConfig: configuration}}
	proxy := NewProxy(nil, nil, nil)
	for authority, cluster := range map[string]string{
		"api.example":               "exact",
		"API.example:8080":          "exact",
		"a.api.example":             "narrow",
		"a.b.api.example:80":        "narrow",
		"b.example":                 "wide",
		"admin.other:a.api.example": "all", // what stands behind a colon is no part of the name
		".example":                  "all",
		"api.example:1:b.example":   "all",
	} {
		got := proxy.Route(its, &Request{Method: "GET", Authority: authority, Target: "/"}, false)
		if len(got.Clusters) != 1 || got.Clusters[0] != cluster {
			t.Errorf("%s goes to %v, not to %s", authority, got.Clusters, cluster)
		}
	}
	if got := proxy.Route(its, &Request{Method: "GET", Authority: "tls.example", Target: "/"}, false); got.Status != 301 {
		t.Errorf("status %d without TLS, not 301", got.Status)
	}
	if got := proxy.Route(its, &Request{Method: "GET", Authority: "tls.example", Target: "/"}, true); got.Status != 0 {
		t.Errorf("status %d with TLS", got.Status)
	}
}
