package envoy

import (
	"strings"

	envoycore "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	matcher "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
)

// originOf reads which object istiod made a route or a cluster from, as kind/namespace/name.
// Source: pilot/pkg/networking/util.BuildConfigInfoMetadata in Istio
func originOf(metadata *envoycore.Metadata) string {
	return originFrom(metadata.GetFilterMetadata()["istio"].GetFields()["config"].GetStringValue())
}

func originFrom(path string) string {
	// /apis/networking.istio.io/v1/namespaces/shop/destination-rule/name
	parts := strings.Split(path, "/")
	if len(parts) < 8 {
		return ""
	}
	words := strings.Split(parts[6], "-")
	for index, word := range words {
		words[index] = strings.ToUpper(word[:min(1, len(word))]) + word[min(1, len(word)):]
	}
	kind := strings.Join(words, "")
	kind = strings.ReplaceAll(kind, "Httproute", "HTTPRoute")
	return kind + "/" + parts[5] + "/" + strings.Join(parts[7:], "/")
}

// Origin of a cluster: the DestinationRule that it follows.
func Origin(metadata *envoycore.Metadata) string { return originOf(metadata) }

// PolicyOf reads which AuthorizationPolicy a policy of Envoy comes from: ns[istio-system]-policy[closed]-rule[0].
func PolicyOf(name string) string {
	_, rest, found := strings.Cut(name, "ns[")
	if !found {
		return ""
	}
	namespace, rest, _ := strings.Cut(rest, "]")
	_, rest, found = strings.Cut(rest, "policy[")
	if !found {
		return ""
	}
	policy, _, _ := strings.Cut(rest, "]-rule")
	return "AuthorizationPolicy/" + namespace + "/" + strings.TrimSuffix(policy, "]")
}

func textOf(by *matcher.StringMatcher) string {
	switch pattern := by.GetMatchPattern().(type) {
	case *matcher.StringMatcher_Exact:
		return pattern.Exact
	case *matcher.StringMatcher_Prefix:
		return pattern.Prefix + "*"
	case *matcher.StringMatcher_Suffix:
		return "*" + pattern.Suffix
	case *matcher.StringMatcher_SafeRegex:
		return pattern.SafeRegex.GetRegex()
	}
	return by.String()
}
