package follow_test

import (
	"os"
	"path/filepath"
	"testing"

	"cdk8s-istio-egress-engine/internal/follow"
	"cdk8s-istio-egress-engine/internal/input"
	"cdk8s-istio-egress-engine/internal/mesh"
)

// closed is what the examples state of their mesh.
const closed = `
outboundTrafficPolicy: { mode: REGISTRY_ONLY }
serviceEntryVisibility:
  defaultVisibility: NAMESPACE
  applyToSidecars: true
  policies:
    - visibility: PUBLIC
      matchingRules: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: istio-egress } } }]
`

// Settings of istiod are read before anything else, so that the test cannot set them itself.
func TestMain(m *testing.M) {
	if os.Getenv("PILOT_ENABLE_AMBIENT") == "" {
		panic("istiod's settings are missing: PILOT_ENABLE_AMBIENT=true PILOT_SCOPE_GATEWAY_TO_NAMESPACE=true go test ./...")
	}
	os.Exit(m.Run())
}

// meshOf builds the mesh of an example of the repository, for the callers of calls.
func meshOf(t *testing.T, example, configuration string, calls ...follow.Call) *follow.Walker {
	t.Helper()
	objects, problems := input.Read([]string{filepath.Join("../../../dist", example)})
	var callers []mesh.Caller
	for _, call := range calls {
		caller, err := follow.CallerOf(call.From)
		if err != nil {
			t.Fatal(err)
		}
		callers = append(callers, caller)
	}
	built, err := mesh.Build(objects, configuration, callers, false)
	if err != nil {
		t.Fatal(err)
	}
	if problems = append(problems, built.Problems...); len(problems) > 0 {
		t.Fatal(problems)
	}
	return follow.NewWalker(built, nil, false)
}

// Real Envoys say the same of each: the examples' worlds are in e2e/worlds.
func TestExamples(t *testing.T) {
	for _, test := range []struct {
		example string
		call    follow.Call
		verdict follow.Verdict
		status  int
		// from is the pod that the call leaves from.
		from       string
		encryption string
	}{
		{"tls-origination", follow.Call{From: "payments/checkout", URL: "http://api.stripe.com/"}, follow.Allowed, 0, "istio-egress/istio-egress", "exit"},
		{"tls-origination", follow.Call{From: "payments/other", URL: "http://api.stripe.com/"}, follow.Refused, 403, "", ""},
		{"tls-origination", follow.Call{From: "shop/web", URL: "http://api.stripe.com/"}, follow.Refused, 502, "", ""},
		{"tls-origination", follow.Call{From: "shop/web", URL: "http://search.example.com:8080/"}, follow.Allowed, 0, "istio-egress/istio-egress", "exit"},
		{"tls-origination", follow.Call{From: "shop/web", URL: "https://search.example.com/"}, follow.Refused, 0, "", ""},
		{"tcp-database", follow.Call{From: "stranger/any", URL: "tcp://db.example.com:5432"}, follow.Refused, 0, "", ""},
		{"ambient-waypoint", follow.Call{From: "bookinfo/productpage", URL: "http://httpbin.org/get"}, follow.Allowed, 0, "istio-egress/egress-waypoint", "exit"},
		{"ambient-waypoint", follow.Call{From: "bookinfo/productpage", URL: "http://httpbin.org/post", Method: "POST"}, follow.Refused, 403, "", ""},
		{"ambient-waypoint", follow.Call{From: "bookinfo/reviews", URL: "http://httpbin.org/get"}, follow.Refused, 403, "", ""},
		{"ambient-waypoint", follow.Call{From: "bookinfo/reviews", URL: "https://partner.example.com/"}, follow.Allowed, 0, "istio-egress/egress-waypoint", "caller"},
	} {
		t.Run(test.example+" "+test.call.From+" "+test.call.URL, func(t *testing.T) {
			got := meshOf(t, test.example, closed, test.call).Follow(test.call)
			if got.Verdict != test.verdict || got.Status != test.status {
				t.Fatalf("%s %d (%s), not %s %d", got.Verdict, got.Status, got.Reason, test.verdict, test.status)
			}
			if test.from != "" && (got.Arrives.From != test.from || got.Arrives.Encryption != test.encryption) {
				t.Errorf("leaves from %s with TLS of %s", got.Arrives.From, got.Arrives.Encryption)
			}
		})
	}
}

// An exit stays closed where the mesh lets everything out; what nobody declared leaves by itself.
func TestOpenMesh(t *testing.T) {
	undeclared := follow.Call{From: "shop/web", URL: "https://undeclared.example/"}
	got := meshOf(t, "tls-origination", "outboundTrafficPolicy: { mode: ALLOW_ANY }", undeclared).Follow(undeclared)
	if got.Verdict != follow.Allowed || got.Arrives.From != "shop/web" {
		t.Errorf("%s: %s", got.Verdict, got.Reason)
	}
}
