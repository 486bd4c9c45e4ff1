package envoy

import (
	"testing"

	rbac "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	matcher "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
)

func exact(text string) *matcher.StringMatcher {
	return &matcher.StringMatcher{MatchPattern: &matcher.StringMatcher_Exact{Exact: text}}
}

func policyOf(permission *rbac.Permission, principal *rbac.Principal) *rbac.RBAC {
	return &rbac.RBAC{Policies: map[string]*rbac.Policy{
		"ns[shop]-policy[web]-rule[0]": {Permissions: []*rbac.Permission{permission}, Principals: []*rbac.Principal{principal}},
	}}
}

var (
	anything = &rbac.Permission{Rule: &rbac.Permission_Any{Any: true}}
	anybody  = &rbac.Principal{Identifier: &rbac.Principal_Any{Any: true}}
	auditor  = &rbac.Principal{Identifier: &rbac.Principal_Header{Header: &route.HeaderMatcher{
		Name: "x-role", HeaderMatchSpecifier: &route.HeaderMatcher_StringMatch{StringMatch: exact("auditor")},
	}}}
)

// Policies read each line of a header by itself: real Envoys let the second one pass.
func TestHeaderLines(t *testing.T) {
	for _, test := range []struct {
		lines   []string
		refused bool
	}{
		{[]string{"auditor"}, false},
		{[]string{"root,guest", "auditor"}, false},
		{[]string{"root,auditor"}, true},
		{nil, true},
	} {
		request := &Request{Headers: Headers{"x-role": test.lines}}
		if test.lines == nil {
			request.Headers = Headers{}
		}
		if got := judge(policyOf(anything, auditor), Facts{Request: request}); got.Refused != test.refused {
			t.Errorf("%q: refused is %v", test.lines, got.Refused)
		}
	}
}

func TestJudge(t *testing.T) {
	web := &rbac.Principal{Identifier: &rbac.Principal_Authenticated_{Authenticated: &rbac.Principal_Authenticated{
		PrincipalName: exact("spiffe://cluster.local/ns/shop/sa/web"),
	}}}
	denying := policyOf(anything, anybody)
	denying.Action = rbac.RBAC_DENY
	for name, test := range map[string]struct {
		rules   *rbac.RBAC
		peer    string
		refused bool
	}{
		"who is allowed":       {policyOf(anything, web), "spiffe://cluster.local/ns/shop/sa/web", false},
		"who is not":           {policyOf(anything, web), "spiffe://cluster.local/ns/shop/sa/other", true},
		"nobody known":         {policyOf(anything, web), "", true},
		"what is denied":       {denying, "", true},
		"no rules":             {nil, "", false},
		"no policies":          {&rbac.RBAC{}, "", true},
		"none of those denied": {&rbac.RBAC{Action: rbac.RBAC_DENY}, "", false},
	} {
		if got := judge(test.rules, Facts{Peer: test.peer}); got.Refused != test.refused {
			t.Errorf("%s: refused is %v", name, got.Refused)
		}
	}
}
