package envoy

import (
	"net/netip"
	"strconv"

	xdsmatcher "github.com/cncf/xds/go/xds/type/matcher/v3"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// chainByTree follows the tree by which waypoints choose filter chains: by address, by port, by protocol.
func chainByTree(tree *xdsmatcher.Matcher, seen Seen) string {
	if list := tree.GetMatcherList(); list != nil {
		for _, one := range list.GetMatchers() {
			if matchesPredicate(one.GetPredicate(), seen) {
				return chainOn(one.GetOnMatch(), seen)
			}
		}
		return chainOn(tree.GetOnNoMatch(), seen)
	}
	branch := tree.GetMatcherTree()
	if branch == nil {
		return chainOn(tree.GetOnNoMatch(), seen)
	}
	input := inputOf(branch.GetInput().GetTypedConfig().GetTypeUrl(), seen)
	if exact := branch.GetExactMatchMap(); exact != nil {
		if found, is := exact.GetMap()[input]; is {
			return chainOn(found, seen)
		}
		return chainOn(tree.GetOnNoMatch(), seen)
	}
	if custom := branch.GetCustomMatch(); custom != nil {
		ranges := &xdsmatcher.IPMatcher{}
		if custom.GetTypedConfig().UnmarshalTo(ranges) == nil {
			if found := byRange(ranges, seen.To.Addr()); found != nil {
				return chainOn(found, seen)
			}
		}
	}
	return chainOn(tree.GetOnNoMatch(), seen)
}

func chainOn(match *xdsmatcher.Matcher_OnMatch, seen Seen) string {
	if match == nil {
		return ""
	}
	if deeper := match.GetMatcher(); deeper != nil {
		return chainByTree(deeper, seen)
	}
	name := &wrapperspb.StringValue{}
	if match.GetAction().GetTypedConfig().UnmarshalTo(name) == nil {
		return name.Value
	}
	return ""
}

func byRange(ranges *xdsmatcher.IPMatcher, address netip.Addr) *xdsmatcher.Matcher_OnMatch {
	best, length := (*xdsmatcher.Matcher_OnMatch)(nil), -1
	for _, one := range ranges.GetRangeMatchers() {
		for _, its := range one.GetRanges() {
			base, err := netip.ParseAddr(its.GetAddressPrefix())
			bits := int(its.GetPrefixLen().GetValue())
			if err == nil && bits > length && netip.PrefixFrom(base, bits).Contains(address) {
				best, length = one.GetOnMatch(), bits
			}
		}
	}
	return best
}

const inputs = "type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3."

func inputOf(kind string, seen Seen) string {
	switch kind {
	case inputs + "DestinationIPInput":
		return seen.To.Addr().String()
	case inputs + "DestinationPortInput":
		return strconv.Itoa(int(seen.To.Port()))
	case inputs + "ServerNameInput":
		return seen.ServerName
	case inputs + "TransportProtocolInput":
		return seen.TransportProtocol
	case inputs + "ApplicationProtocolInput":
		text := ""
		for index, protocol := range seen.Application {
			if index > 0 {
				text += ","
			}
			text += "'" + protocol + "'"
		}
		return text
	}
	return ""
}

func matchesPredicate(predicate *xdsmatcher.Matcher_MatcherList_Predicate, seen Seen) bool {
	switch {
	case predicate.GetSinglePredicate() != nil:
		single := predicate.GetSinglePredicate()
		return matchesXds(single.GetValueMatch(), inputOf(single.GetInput().GetTypedConfig().GetTypeUrl(), seen))
	case predicate.GetAndMatcher() != nil:
		for _, one := range predicate.GetAndMatcher().GetPredicate() {
			if !matchesPredicate(one, seen) {
				return false
			}
		}
		return true
	case predicate.GetOrMatcher() != nil:
		for _, one := range predicate.GetOrMatcher().GetPredicate() {
			if matchesPredicate(one, seen) {
				return true
			}
		}
		return false
	case predicate.GetNotMatcher() != nil:
		return !matchesPredicate(predicate.GetNotMatcher(), seen)
	}
	return false
}
