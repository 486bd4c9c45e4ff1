package envoy

import (
	"regexp"
	"strconv"
	"strings"
	"sync"

	xdsmatcher "github.com/cncf/xds/go/xds/type/matcher/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	matcher "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
)

var compiled sync.Map

// matchesRegex matches the whole text, as Envoy's RE2 does.
func matchesRegex(expression, text string) bool {
	known, is := compiled.Load(expression)
	if !is {
		made, err := regexp.Compile(`^(?s:` + expression + `)$`)
		if err != nil {
			return false
		}
		known, _ = compiled.LoadOrStore(expression, made)
	}
	return known.(*regexp.Regexp).MatchString(text)
}

func matchesString(by *matcher.StringMatcher, text string) bool {
	switch pattern := by.GetMatchPattern().(type) {
	case *matcher.StringMatcher_Exact:
		return folded(by, isEqual, text, pattern.Exact)
	case *matcher.StringMatcher_Prefix:
		return folded(by, strings.HasPrefix, text, pattern.Prefix)
	case *matcher.StringMatcher_Suffix:
		return folded(by, strings.HasSuffix, text, pattern.Suffix)
	case *matcher.StringMatcher_Contains:
		return folded(by, strings.Contains, text, pattern.Contains)
	case *matcher.StringMatcher_SafeRegex:
		return matchesRegex(pattern.SafeRegex.GetRegex(), text)
	}
	return false
}

// matchesXds is the same for matchers of trees, which have a type of their own.
func matchesXds(by *xdsmatcher.StringMatcher, text string) bool {
	switch pattern := by.GetMatchPattern().(type) {
	case *xdsmatcher.StringMatcher_Exact:
		return folded(by, isEqual, text, pattern.Exact)
	case *xdsmatcher.StringMatcher_Prefix:
		return folded(by, strings.HasPrefix, text, pattern.Prefix)
	case *xdsmatcher.StringMatcher_Suffix:
		return folded(by, strings.HasSuffix, text, pattern.Suffix)
	case *xdsmatcher.StringMatcher_Contains:
		return folded(by, strings.Contains, text, pattern.Contains)
	case *xdsmatcher.StringMatcher_SafeRegex:
		return matchesRegex(pattern.SafeRegex.GetRegex(), text)
	}
	return false
}

func isEqual(text, pattern string) bool { return text == pattern }

// folded compares as a matcher says: in any case, or as it is written.
func folded(by interface{ GetIgnoreCase() bool }, is func(text, pattern string) bool, text, pattern string) bool {
	if by.GetIgnoreCase() {
		return is(strings.ToLower(text), strings.ToLower(pattern))
	}
	return is(text, pattern)
}

// matchesHeader decides on a header of a request.
func matchesHeader(by *route.HeaderMatcher, request *Request) bool {
	value, present := request.Get(by.GetName())
	if present && strings.HasPrefix(by.GetName(), ":") && value == "" {
		present = by.GetName() == ":path"
	}
	if specifier, is := by.GetHeaderMatchSpecifier().(*route.HeaderMatcher_PresentMatch); is {
		return (present == specifier.PresentMatch) != by.GetInvertMatch()
	}
	if !present {
		if !by.GetTreatMissingHeaderAsEmpty() {
			// What is not there matches nothing, and so its opposite.
			return by.GetInvertMatch()
		}
		value = ""
	}
	matches := false
	switch specifier := by.GetHeaderMatchSpecifier().(type) {
	case *route.HeaderMatcher_ExactMatch: //nolint:staticcheck // istiod still writes it
		matches = value == specifier.ExactMatch
	case *route.HeaderMatcher_PrefixMatch: //nolint:staticcheck
		matches = strings.HasPrefix(value, specifier.PrefixMatch)
	case *route.HeaderMatcher_SuffixMatch: //nolint:staticcheck
		matches = strings.HasSuffix(value, specifier.SuffixMatch)
	case *route.HeaderMatcher_ContainsMatch: //nolint:staticcheck
		matches = strings.Contains(value, specifier.ContainsMatch)
	case *route.HeaderMatcher_SafeRegexMatch: //nolint:staticcheck
		matches = matchesRegex(specifier.SafeRegexMatch.GetRegex(), value)
	case *route.HeaderMatcher_StringMatch:
		matches = matchesString(specifier.StringMatch, value)
	case *route.HeaderMatcher_RangeMatch:
		number, err := strconv.ParseInt(value, 10, 64)
		matches = err == nil && specifier.RangeMatch.GetStart() <= number && number < specifier.RangeMatch.GetEnd()
	default:
		matches = true
	}
	return matches != by.GetInvertMatch()
}

// matchesAnyLine decides on a header as policies do: on each of its lines by itself. Routes read them as one.
// Source: envoy.reloadable_features.rbac_match_headers_individually in Envoy
func matchesAnyLine(by *route.HeaderMatcher, request *Request) bool {
	lines := request.Headers[strings.ToLower(by.GetName())]
	if len(lines) < 2 {
		return matchesHeader(by, request)
	}
	for _, line := range lines {
		one := *request
		one.Headers = Headers{strings.ToLower(by.GetName()): {line}}
		if matchesHeader(by, &one) {
			return true
		}
	}
	return false
}

// matchesQuery decides on a parameter of a request's query.
func matchesQuery(by *route.QueryParameterMatcher, request *Request) bool {
	_, query, _ := strings.Cut(request.Target, "?")
	for _, part := range strings.Split(query, "&") {
		name, value, _ := strings.Cut(part, "=")
		if name != by.GetName() {
			continue
		}
		switch specifier := by.GetQueryParameterMatchSpecifier().(type) {
		case *route.QueryParameterMatcher_PresentMatch:
			return specifier.PresentMatch
		case *route.QueryParameterMatcher_StringMatch:
			return matchesString(specifier.StringMatch, value)
		}
		return true
	}
	return false
}
