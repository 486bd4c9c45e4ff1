package envoy

import (
	"net"
	"net/url"
	"regexp"
	"strings"

	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
)

// Routed is what a route does with a request.
type Routed struct {
	Configuration, VirtualHost, Route string
	// Origin is the object that istiod says the route comes from.
	Origin string
	// Status is what the proxy answers by itself; 0 if it sends the request on.
	Status   int
	Clusters []Weighted
	Request  *Request
	// Unknown is what the route does besides, which the configuration does not tell.
	Unknown string
}

// Weighted is one of the clusters that a route may choose.
type Weighted struct {
	Cluster string
	Weight  uint32
}

// Normalize reads a request as the connection manager does before anything judges it. @returns a status other than 0 where it answers at once
func Normalize(manager *hcm.HttpConnectionManager, request *Request, port uint16) (*Request, int) {
	its := *request
	its.Headers = request.Headers.Clone()
	if its.Method != "CONNECT" {
		if absolute, err := url.Parse(its.Target); err == nil && absolute.IsAbs() && absolute.Host != "" && its.Version == 1 {
			_, rest, _ := strings.Cut(its.Target, "://")
			at := strings.IndexAny(rest, "/?#")
			its.Authority, its.Target = rest, "/"
			if at >= 0 {
				its.Authority, its.Target = rest[:at], rest[at:]
			}
		}
	}
	if its.Authority == "" {
		return &its, 400
	}
	if manager.GetStripAnyHostPort() {
		its.Authority = withoutPort(its.Authority)
	} else if manager.GetStripMatchingHostPort() {
		if host, p, err := net.SplitHostPort(its.Authority); err == nil && p == portText(port) {
			its.Authority = host
		}
	}
	if its.Method == "CONNECT" {
		return &its, 0
	}
	path, rest := its.Target, ""
	if at := strings.IndexAny(path, "?#"); at >= 0 {
		path, rest = path[:at], path[at:]
	}
	switch manager.GetPathWithEscapedSlashesAction() {
	case hcm.HttpConnectionManager_REJECT_REQUEST:
		if escapedSlash.MatchString(path) {
			return &its, 400
		}
	case hcm.HttpConnectionManager_UNESCAPE_AND_REDIRECT:
		if escapedSlash.MatchString(path) {
			return &its, 307
		}
	case hcm.HttpConnectionManager_UNESCAPE_AND_FORWARD:
		path = escapedSlash.ReplaceAllStringFunc(path, func(found string) string {
			if strings.EqualFold(found, "%2f") {
				return "/"
			}
			return `\`
		})
	}
	if manager.GetNormalizePath().GetValue() {
		normal, valid := normalized(path)
		if !valid {
			return &its, 400
		}
		path = normal
	}
	if manager.GetMergeSlashes() {
		path = slashes.ReplaceAllString(path, "/")
	}
	if _, fragment, found := strings.Cut(rest, "#"); found {
		// Envoy refuses a fragment unless it is told to strip it.
		_ = fragment
		return &its, 400
	}
	its.Target = path + rest
	return &its, 0
}

var (
	escapedSlash = regexp.MustCompile(`(?i)%2f|%5c`)
	slashes      = regexp.MustCompile(`/{2,}`)
)

// normalized resolves dots and decodes what needs no escape, as Envoy's path canonicalization does.
func normalized(path string) (string, bool) {
	if !strings.HasPrefix(path, "/") {
		return path, path == "*"
	}
	decoded := unescaped(strings.ReplaceAll(path, `\`, "/"))
	var parts []string
	pieces := strings.Split(decoded[1:], "/")
	for index, part := range pieces {
		isLast := index == len(pieces)-1
		switch strings.ToLower(strings.ReplaceAll(strings.ToLower(part), "%2e", ".")) {
		case ".":
			if isLast {
				parts = append(parts, "")
			}
		case "..":
			if len(parts) > 0 {
				parts = parts[:len(parts)-1]
			}
			if isLast {
				parts = append(parts, "")
			}
		default:
			parts = append(parts, part)
		}
	}
	return "/" + strings.Join(parts, "/"), true
}

// unescaped decodes the escapes of characters that need none.
func unescaped(path string) string {
	return escape.ReplaceAllStringFunc(path, func(found string) string {
		decoded, err := url.PathUnescape(found)
		if err == nil && unreserved.MatchString(decoded) {
			return decoded
		}
		return found
	})
}

var (
	escape     = regexp.MustCompile(`%[0-9a-fA-F]{2}`)
	unreserved = regexp.MustCompile(`^[A-Za-z0-9._~-]$`)
)

func portText(port uint16) string {
	text := ""
	for left := int(port); left > 0; left /= 10 {
		text = string(rune('0'+left%10)) + text
	}
	return text
}

// withoutPort cuts what stands behind the last colon, if a port can; an address of IPv6 keeps its colons.
func withoutPort(authority string) string {
	at := strings.LastIndex(authority, ":")
	if at < 0 || strings.Contains(authority[at:], "]") {
		return authority
	}
	return authority[:at]
}

// Route chooses a route for a request.
func (p *Proxy) Route(manager *hcm.HttpConnectionManager, request *Request) Routed {
	configuration := manager.GetRouteConfig()
	if configuration == nil {
		name := manager.GetRds().GetRouteConfigName()
		if configuration = p.routes[name]; configuration == nil {
			return Routed{Configuration: name, Status: 404}
		}
	}
	routed := Routed{Configuration: configuration.GetName(), Status: 404, Request: request}
	host := virtualHost(configuration, request.Authority)
	if host == nil {
		return routed
	}
	routed.VirtualHost = host.GetName()
	for _, candidate := range host.GetRoutes() {
		if matchesRoute(candidate.GetMatch(), request) {
			return p.take(routed, configuration, host, candidate, request)
		}
	}
	return routed
}

// virtualHost finds the closest: the name itself, the longest wildcard at its beginning, the longest at its end, all.
func virtualHost(configuration *route.RouteConfiguration, authority string) *route.VirtualHost {
	asked := strings.ToLower(authority)
	if configuration.GetIgnorePortInHostMatching() {
		asked = withoutPort(asked)
	}
	best, found := 0, (*route.VirtualHost)(nil)
	for _, host := range configuration.GetVirtualHosts() {
		for _, domain := range host.GetDomains() {
			if closeness := closenessOfDomain(strings.ToLower(domain), asked); closeness > best {
				best, found = closeness, host
			}
		}
	}
	return found
}

func closenessOfDomain(domain, asked string) int {
	const exact, beginning, end, all = 1 << 30, 1 << 20, 1 << 10, 1
	switch {
	case domain == asked:
		return exact
	case domain == "*":
		return all
	case strings.HasPrefix(domain, "*"):
		if suffix := domain[1:]; len(asked) > len(suffix) && strings.HasSuffix(asked, suffix) {
			return beginning + len(domain)
		}
	case strings.HasSuffix(domain, "*"):
		if prefix := domain[:len(domain)-1]; len(asked) > len(prefix) && strings.HasPrefix(asked, prefix) {
			return end + len(domain)
		}
	}
	return 0
}

func matchesRoute(match *route.RouteMatch, request *Request) bool {
	path := request.Path()
	isConnect := request.Method == "CONNECT"
	fold := func(text string) string {
		if match.GetCaseSensitive() != nil && !match.GetCaseSensitive().GetValue() {
			return strings.ToLower(text)
		}
		return text
	}
	switch specifier := match.GetPathSpecifier().(type) {
	case *route.RouteMatch_Prefix:
		if isConnect || !strings.HasPrefix(fold(request.Target), fold(specifier.Prefix)) {
			return false
		}
	case *route.RouteMatch_Path:
		if isConnect || fold(path) != fold(specifier.Path) {
			return false
		}
	case *route.RouteMatch_SafeRegex:
		if isConnect || !matchesRegex(specifier.SafeRegex.GetRegex(), path) {
			return false
		}
	case *route.RouteMatch_PathSeparatedPrefix:
		prefix, asked := fold(specifier.PathSeparatedPrefix), fold(path)
		if isConnect || (asked != prefix && !strings.HasPrefix(asked, prefix+"/")) {
			return false
		}
	case *route.RouteMatch_ConnectMatcher_:
		if !isConnect {
			return false
		}
	}
	for _, header := range match.GetHeaders() {
		if !matchesHeader(header, request) {
			return false
		}
	}
	for _, parameter := range match.GetQueryParameters() {
		if !matchesQuery(parameter, request) {
			return false
		}
	}
	return true
}

func (p *Proxy) take(routed Routed, configuration *route.RouteConfiguration, host *route.VirtualHost, chosen *route.Route, request *Request) Routed {
	routed.Route = chosen.GetName()
	routed.Origin = originOf(chosen.GetMetadata())
	its := *request
	its.Headers = request.Headers.Clone()
	routed.Request = &its
	if chosen.GetTypedPerFilterConfig()["envoy.filters.http.fault"] != nil {
		routed.Unknown = "the fault that the route injects"
	}
	switch action := chosen.GetAction().(type) {
	case *route.Route_DirectResponse:
		routed.Status = int(action.DirectResponse.GetStatus())
		return routed
	case *route.Route_Redirect:
		routed.Status = redirect(action.Redirect)
		return routed
	case *route.Route_Route:
		routed.Status = 0
		routed.Clusters = clustersOf(action.Route, request)
		for _, change := range []changes{configuration, host, chosen} {
			apply(&its, change)
		}
		rewrite(&its, action.Route, chosen.GetMatch())
		return routed
	}
	return routed
}

func redirect(action *route.RedirectAction) int {
	switch action.GetResponseCode() {
	case route.RedirectAction_FOUND:
		return 302
	case route.RedirectAction_SEE_OTHER:
		return 303
	case route.RedirectAction_TEMPORARY_REDIRECT:
		return 307
	case route.RedirectAction_PERMANENT_REDIRECT:
		return 308
	}
	return 301
}

func clustersOf(action *route.RouteAction, request *Request) []Weighted {
	if name := action.GetCluster(); name != "" {
		return []Weighted{{name, 1}}
	}
	if header := action.GetClusterHeader(); header != "" {
		name, _ := request.Get(header)
		return []Weighted{{name, 1}}
	}
	var all []Weighted
	for _, one := range action.GetWeightedClusters().GetClusters() {
		if one.GetWeight().GetValue() > 0 {
			all = append(all, Weighted{one.GetName(), one.GetWeight().GetValue()})
		}
	}
	return all
}

func rewrite(request *Request, action *route.RouteAction, match *route.RouteMatch) {
	if literal := action.GetHostRewriteLiteral(); literal != "" {
		request.Authority = literal
	}
	if prefix := action.GetPrefixRewrite(); prefix != "" {
		switch specifier := match.GetPathSpecifier().(type) {
		case *route.RouteMatch_Prefix:
			request.Target = prefix + strings.TrimPrefix(request.Target, specifier.Prefix)
		case *route.RouteMatch_PathSeparatedPrefix:
			request.Target = prefix + strings.TrimPrefix(request.Target, specifier.PathSeparatedPrefix)
		case *route.RouteMatch_Path:
			request.Target = prefix + strings.TrimPrefix(request.Target, specifier.Path)
		}
	}
	if expression := action.GetRegexRewrite(); expression != nil {
		if made, err := regexp.Compile(expression.GetPattern().GetRegex()); err == nil {
			path := request.Path()
			substitution := regexp.MustCompile(`\\(\d)`).ReplaceAllString(expression.GetSubstitution(), "$${$1}")
			request.Target = made.ReplaceAllString(path, substitution) + strings.TrimPrefix(request.Target, path)
		}
	}
}
