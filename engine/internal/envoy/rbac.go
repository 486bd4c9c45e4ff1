package envoy

import (
	"maps"
	"net/netip"
	"slices"
	"sync"

	envoycore "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	rbac "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
	matcher "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
)

// Judgement is what a policy's filter says.
type Judgement struct {
	Refused bool
	// Policy is the name of the policy that decided; empty where none allowed.
	Policy string
	// Considered are the AuthorizationPolicies that might have allowed, where none did.
	Considered []string
	// Unknown is what the judgement depends on that the configuration does not say, such as the claims of a token.
	Unknown string
}

// judge evaluates rules: the first policy that matches, in the order of their names, decides.
func judge(rules *rbac.RBAC, facts Facts) Judgement {
	if rules == nil {
		return Judgement{}
	}
	its := &evaluation{facts: facts}
	policy := ""
	for _, one := range policiesFor(rules, facts.Peer) {
		if its.matches(one.Policy) {
			policy = one.name
			break
		}
	}
	refused := policy == ""
	if rules.GetAction() == rbac.RBAC_DENY {
		refused = !refused
	}
	if rules.GetAction() == rbac.RBAC_LOG {
		refused = false
	}
	said := Judgement{Refused: refused, Policy: policy, Unknown: its.unknown}
	if refused && policy == "" {
		said.Considered = considered(rules)
	}
	return said
}

// considered are the objects behind all policies of rules: they are many times as many, and the same for every call.
func considered(rules *rbac.RBAC) []string {
	if known, is := behind.Load(rules); is {
		return known.([]string)
	}
	var objects []string
	for _, name := range sortedPolicies(rules) {
		if object := PolicyOf(name); object != "" && !slices.Contains(objects, object) {
			objects = append(objects, object)
		}
	}
	behind.Store(rules, objects)
	return objects
}

var behind sync.Map

// sortedPolicies are the names of policies in their order, put there once.
func sortedPolicies(rules *rbac.RBAC) []string {
	if known, is := sorted.Load(rules); is {
		return known.([]string)
	}
	names := slices.Sorted(maps.Keys(rules.GetPolicies()))
	sorted.Store(rules, names)
	return names
}

var sorted sync.Map

// namedPolicy is a policy and its name.
type namedPolicy struct {
	name string
	*rbac.Policy
}

// policiesFor are those that may concern an identity, in their order: who is somebody else's is told once for all calls of one caller.
func policiesFor(rules *rbac.RBAC, peer string) []namedPolicy {
	key := rulesAndPeer{rules, peer}
	if known, is := concerning.Load(key); is {
		return known.([]namedPolicy)
	}
	its := &evaluation{facts: Facts{Peer: peer}}
	var found []namedPolicy
	for _, name := range sortedPolicies(rules) {
		policy := rules.GetPolicies()[name]
		if slices.ContainsFunc(policy.GetPrincipals(), func(one *rbac.Principal) bool {
			return !isByPeer(one) || its.isPrincipal(one)
		}) {
			found = append(found, namedPolicy{name, policy})
		}
	}
	concerning.Store(key, found)
	return found
}

type rulesAndPeer struct {
	rules *rbac.RBAC
	peer  string
}

var concerning sync.Map

// isByPeer tells whether the identity alone decides on a principal.
func isByPeer(principal *rbac.Principal) bool {
	isOther := func(one *rbac.Principal) bool { return !isByPeer(one) }
	switch id := principal.GetIdentifier().(type) {
	case *rbac.Principal_Any, *rbac.Principal_Authenticated_:
		return true
	case *rbac.Principal_FilterState:
		return id.FilterState.GetKey() == "io.istio.peer_principal"
	case *rbac.Principal_AndIds:
		return !slices.ContainsFunc(id.AndIds.GetIds(), isOther)
	case *rbac.Principal_OrIds:
		return !slices.ContainsFunc(id.OrIds.GetIds(), isOther)
	case *rbac.Principal_NotId:
		return isByPeer(id.NotId)
	}
	return false
}

type evaluation struct {
	facts   Facts
	unknown string
}

func (e *evaluation) matches(policy *rbac.Policy) bool {
	return slices.ContainsFunc(policy.GetPermissions(), e.permits) && slices.ContainsFunc(policy.GetPrincipals(), e.isPrincipal)
}

func (e *evaluation) permits(permission *rbac.Permission) bool {
	switch rule := permission.GetRule().(type) {
	case *rbac.Permission_Any:
		return rule.Any
	case *rbac.Permission_AndRules:
		return !slices.ContainsFunc(rule.AndRules.GetRules(), func(one *rbac.Permission) bool { return !e.permits(one) })
	case *rbac.Permission_OrRules:
		return slices.ContainsFunc(rule.OrRules.GetRules(), e.permits)
	case *rbac.Permission_NotRule:
		return !e.permits(rule.NotRule)
	case *rbac.Permission_Header:
		return e.facts.Request != nil && matchesAnyLine(rule.Header, e.facts.Request)
	case *rbac.Permission_UrlPath:
		return e.facts.Request != nil && matchesString(rule.UrlPath.GetPath(), e.facts.Request.Path())
	case *rbac.Permission_DestinationPort:
		return rule.DestinationPort == uint32(e.facts.To.Port())
	case *rbac.Permission_DestinationPortRange:
		port := int32(e.facts.To.Port())
		return rule.DestinationPortRange.GetStart() <= port && port < rule.DestinationPortRange.GetEnd()
	case *rbac.Permission_DestinationIp:
		return isIn(rule.DestinationIp, e.facts.To.Addr())
	case *rbac.Permission_RequestedServerName:
		return matchesString(rule.RequestedServerName, e.facts.ServerName)
	case *rbac.Permission_Metadata:
		return e.metadata(rule.Metadata)
	}
	return e.cannotTell("a permission that Envoy knows and this program does not")
}

func (e *evaluation) isPrincipal(principal *rbac.Principal) bool {
	switch id := principal.GetIdentifier().(type) {
	case *rbac.Principal_Any:
		return id.Any
	case *rbac.Principal_AndIds:
		return !slices.ContainsFunc(id.AndIds.GetIds(), func(one *rbac.Principal) bool { return !e.isPrincipal(one) })
	case *rbac.Principal_OrIds:
		return slices.ContainsFunc(id.OrIds.GetIds(), e.isPrincipal)
	case *rbac.Principal_NotId:
		return !e.isPrincipal(id.NotId)
	case *rbac.Principal_Authenticated_:
		if e.facts.Peer == "" {
			return false
		}
		name := id.Authenticated.GetPrincipalName()
		return name == nil || matchesString(name, e.facts.Peer)
	case *rbac.Principal_FilterState:
		return e.facts.Peer != "" && id.FilterState.GetKey() == "io.istio.peer_principal" &&
			matchesString(id.FilterState.GetStringMatch(), e.facts.Peer)
	case *rbac.Principal_SourceIp: //nolint:staticcheck // istiod may still write it
		return isIn(id.SourceIp, e.facts.From)
	case *rbac.Principal_DirectRemoteIp:
		return isIn(id.DirectRemoteIp, e.facts.From)
	case *rbac.Principal_RemoteIp:
		return isIn(id.RemoteIp, e.facts.From)
	case *rbac.Principal_Header:
		return e.facts.Request != nil && matchesAnyLine(id.Header, e.facts.Request)
	case *rbac.Principal_UrlPath:
		return e.facts.Request != nil && matchesString(id.UrlPath.GetPath(), e.facts.Request.Path())
	case *rbac.Principal_Metadata:
		return e.metadata(id.Metadata)
	}
	return e.cannotTell("a principal that Envoy knows and this program does not")
}

func (e *evaluation) metadata(by *matcher.MetadataMatcher) bool {
	return e.cannotTell("what filter " + by.GetFilter() + " says of the request, such as the claims of a token")
}

func (e *evaluation) cannotTell(what string) bool {
	e.unknown = what
	return false
}

func isIn(cidr *envoycore.CidrRange, address netip.Addr) bool {
	closeness, _ := inRanges([]*envoycore.CidrRange{cidr}, address)
	return closeness > 0
}
