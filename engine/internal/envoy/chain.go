package envoy

import (
	"net/netip"
	"slices"
	"strings"
	"sync"

	envoycore "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
)

// Seen is what a listener's filters read of a connection before a filter chain is chosen.
type Seen struct {
	To                netip.AddrPort
	From              netip.Addr
	ServerName        string
	TransportProtocol string
	Application       []string
}

// Look reads a connection as the listener's filters do.
func Look(of *listener.Listener, connection Connection) Seen {
	seen := Seen{To: connection.To, From: connection.From, TransportProtocol: "raw_buffer"}
	port := uint32(connection.To.Port())
	if tls := connection.TLS; tls != nil && inspects(of, "envoy.filters.listener.tls_inspector", port) {
		seen.TransportProtocol = "tls"
		seen.ServerName = strings.ToLower(tls.ServerName)
		seen.Application = tls.ALPN
	}
	if http := connection.HTTP; http != nil && connection.TLS == nil && inspects(of, "envoy.filters.listener.http_inspector", port) {
		seen.Application = []string{"http/1.1"}
		if http.Version == 2 {
			seen.Application = []string{"h2c"}
		}
	}
	return seen
}

func inspects(of *listener.Listener, filter string, port uint32) bool {
	for _, one := range of.GetListenerFilters() {
		if one.Name == filter {
			return one.FilterDisabled == nil || !isDisabled(one.FilterDisabled, port)
		}
	}
	return false
}

func isDisabled(predicate *listener.ListenerFilterChainMatchPredicate, port uint32) bool {
	switch rule := predicate.GetRule().(type) {
	case *listener.ListenerFilterChainMatchPredicate_NotMatch:
		return !isDisabled(rule.NotMatch, port)
	case *listener.ListenerFilterChainMatchPredicate_OrMatch:
		return slices.ContainsFunc(rule.OrMatch.GetRules(), func(one *listener.ListenerFilterChainMatchPredicate) bool {
			return isDisabled(one, port)
		})
	case *listener.ListenerFilterChainMatchPredicate_AndMatch:
		return !slices.ContainsFunc(rule.AndMatch.GetRules(), func(one *listener.ListenerFilterChainMatchPredicate) bool {
			return !isDisabled(one, port)
		})
	case *listener.ListenerFilterChainMatchPredicate_AnyMatch:
		return rule.AnyMatch
	case *listener.ListenerFilterChainMatchPredicate_DestinationPortRange:
		return uint32(rule.DestinationPortRange.GetStart()) <= port && port < uint32(rule.DestinationPortRange.GetEnd())
	}
	return false
}

// Chain chooses the filter chain of a connection; nothing if none matches.
// Source: https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/listener/v3/listener_components.proto#config-listener-v3-filterchainmatch
func Chain(of *listener.Listener, seen Seen) *listener.FilterChain {
	if of.GetFilterChainMatcher() != nil {
		name := chainByTree(of.GetFilterChainMatcher(), seen)
		for _, chain := range of.GetFilterChains() {
			if chain.Name == name {
				return chain
			}
		}
		return of.GetDefaultFilterChain()
	}
	left := candidates(of, seen.ServerName)
	for _, step := range sieve {
		left = closest(left, step, seen)
	}
	if len(left) == 0 {
		return of.GetDefaultFilterChain()
	}
	return left[0]
}

// nameIndex finds filter chains by their server names, where nothing else is asked before.
type nameIndex struct {
	exact  map[string][]*listener.FilterChain
	others []*listener.FilterChain
}

var nameIndices sync.Map

// candidates leaves out chains that have other server names than the one that is asked for. Where a chain asks for a port or an address,
// which comes before, it may shut out others though its names do not match: then all stay.
func candidates(of *listener.Listener, serverName string) []*listener.FilterChain {
	known, is := nameIndices.Load(of)
	if !is {
		known, _ = nameIndices.LoadOrStore(of, indexNames(of.GetFilterChains()))
	}
	index := known.(*nameIndex)
	if index == nil {
		return of.GetFilterChains()
	}
	return append(slices.Clone(index.exact[serverName]), index.others...)
}

func indexNames(chains []*listener.FilterChain) *nameIndex {
	index := &nameIndex{exact: map[string][]*listener.FilterChain{}}
	for _, chain := range chains {
		match := chain.GetFilterChainMatch()
		if match.GetDestinationPort() != nil || len(match.GetPrefixRanges()) > 0 {
			return nil
		}
		names := match.GetServerNames()
		if len(names) == 0 || slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, "*") }) {
			index.others = append(index.others, chain)
			continue
		}
		for _, name := range names {
			name = strings.ToLower(name)
			index.exact[name] = append(index.exact[name], chain)
		}
	}
	return index
}

// criterion tells how closely a chain matches in one respect: 0 not at all, else the more the closer; and whether it asks at all.
type criterion func(match *listener.FilterChainMatch, seen Seen) (closeness int, asks bool)

// sieve is the order in which Envoy goes on to the next respect, without ever going back.
var sieve = []criterion{
	func(match *listener.FilterChainMatch, seen Seen) (int, bool) {
		port := match.GetDestinationPort()
		return truth(port.GetValue() == uint32(seen.To.Port())), port != nil
	},
	func(match *listener.FilterChainMatch, seen Seen) (int, bool) {
		return inRanges(match.GetPrefixRanges(), seen.To.Addr())
	},
	func(match *listener.FilterChainMatch, seen Seen) (int, bool) {
		closeness := 0
		for _, name := range match.GetServerNames() {
			closeness = max(closeness, closenessOf(strings.ToLower(name), seen.ServerName))
		}
		return closeness, len(match.GetServerNames()) > 0
	},
	func(match *listener.FilterChainMatch, seen Seen) (int, bool) {
		return truth(match.GetTransportProtocol() == seen.TransportProtocol), match.GetTransportProtocol() != ""
	},
	func(match *listener.FilterChainMatch, seen Seen) (int, bool) {
		for rank, protocol := range seen.Application {
			if slices.Contains(match.GetApplicationProtocols(), protocol) {
				return len(seen.Application) - rank, true // what the client names first comes first
			}
		}
		return 0, len(match.GetApplicationProtocols()) > 0
	},
	func(match *listener.FilterChainMatch, seen Seen) (int, bool) {
		return inRanges(match.GetDirectSourcePrefixRanges(), seen.From)
	},
	func(match *listener.FilterChainMatch, seen Seen) (int, bool) {
		return inRanges(match.GetSourcePrefixRanges(), seen.From)
	},
}

func truth(is bool) int {
	if is {
		return 1
	}
	return 0
}

func inRanges(ranges []*envoycore.CidrRange, address netip.Addr) (closeness int, asks bool) {
	for _, one := range ranges {
		base, err := netip.ParseAddr(one.GetAddressPrefix())
		if err == nil && netip.PrefixFrom(base, int(one.GetPrefixLen().GetValue())).Contains(address) {
			closeness = max(closeness, int(one.GetPrefixLen().GetValue())+1)
		}
	}
	return closeness, len(ranges) > 0
}

// closenessOf a name of the configuration to a server name: the name itself before the longest wildcard.
func closenessOf(name, asked string) int {
	if name == asked {
		return 1 << 20
	}
	if suffix, is := strings.CutPrefix(name, "*"); is && len(asked) > len(suffix) && strings.HasSuffix(asked, suffix) {
		return len(name)
	}
	return 0
}

func closest(chains []*listener.FilterChain, by criterion, seen Seen) []*listener.FilterChain {
	best, silent, matching := 0, []*listener.FilterChain{}, []*listener.FilterChain{}
	for _, chain := range chains {
		closeness, asks := by(chain.GetFilterChainMatch(), seen)
		switch {
		case !asks:
			silent = append(silent, chain)
		case closeness > best:
			best, matching = closeness, []*listener.FilterChain{chain}
		case closeness > 0 && closeness == best:
			matching = append(matching, chain)
		}
	}
	if best > 0 {
		return matching
	}
	return silent
}
