package envoy

import (
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
)

// Routed is what a route does with a request.
type Routed struct {
	VirtualHost, Route string
	// Found is set where a route matches, whatever it does.
	Found bool
	// Origin is the object that istiod says the route comes from.
	Origin string
	// Status is what the proxy answers by itself; 0 if it sends the request on.
	Status int
	// Clusters are those that the route may choose.
	Clusters []string
	Request  *Request
	// NotFound is the status where the route's cluster does not exist.
	NotFound int
	// Unknown is what the route does besides, which the configuration does not tell.
	Unknown string
}

// Normalize reads a request as the connection manager does before anything judges it. @returns a status other than 0 where it answers at once
func Normalize(manager *hcm.HttpConnectionManager, request *Request, port uint16, encrypted bool) (*Request, int) {
	its := *request
	its.Headers = request.Headers.Clone()
	if (its.Version == 1 && !methods[its.Method]) || strings.Contains(strings.ToLower(its.Target), "%00") {
		return &its, 400
	}
	for name, lines := range its.Headers {
		for index, line := range lines {
			its.Headers[name][index] = strings.Trim(line, " \t") // spaces around are no part of a header
		}
	}
	if namesForeignHeaders(&its) {
		return &its, 400
	}
	if its.Method != "CONNECT" {
		if absolute, err := url.Parse(its.Target); err == nil && absolute.IsAbs() && absolute.Host != "" && its.Version == 1 {
			// Source: ServerConnectionImpl::handlePath in source/common/http/http1/codec_impl.cc of Envoy
			if absolute.Scheme == "https" && !encrypted && manager.GetUseRemoteAddress().GetValue() {
				return &its, 403
			}
			_, rest, _ := strings.Cut(its.Target, "://")
			at := strings.IndexAny(rest, "/?#")
			its.Authority, its.Target = rest, "/"
			if at >= 0 {
				its.Authority, its.Target = rest[:at], rest[at:]
			}
		}
	}
	// Envoy 1.40 reads a QUERY, and answers it by itself.
	if its.Method == "QUERY" || !IsAuthority(its.Authority, its.Version) {
		return &its, 400
	}
	if manager.GetStripAnyHostPort() {
		its.Authority = withoutPort(its.Authority)
	} else if manager.GetStripMatchingHostPort() {
		if host, p, err := net.SplitHostPort(its.Authority); err == nil && p == strconv.Itoa(int(port)) {
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
	if strings.Contains(rest, "#") { // Envoy refuses a fragment unless it is told to strip it
		return &its, 400
	}
	its.Target = path + rest
	return &its, 0
}

// namesForeignHeaders tells whether HTTP/1.1's `Connection` names headers that are not its sender's to remove.
// Source: Utility::sanitizeConnectionHeader in Envoy
func namesForeignHeaders(request *Request) bool {
	return slices.ContainsFunc(connectionTokens(request), func(token string) bool {
		return strings.Contains(token, ":") || slices.Contains([]string{"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"}, token) ||
			(token == "host" && strings.HasPrefix(request.Target, "/")) // an absolute target has its host in itself
	})
}

// RefusesUpgrade tells whether a request asks for an upgrade that the listener does not know; a request without a route is not asked.
func RefusesUpgrade(manager *hcm.HttpConnectionManager, request *Request) bool {
	to, asked := request.Headers.Get("upgrade")
	if !asked || strings.EqualFold(to, "h2c") || !slices.Contains(connectionTokens(request), "upgrade") {
		return false
	}
	return !slices.ContainsFunc(manager.GetUpgradeConfigs(), func(known *hcm.HttpConnectionManager_UpgradeConfig) bool {
		return strings.EqualFold(known.GetUpgradeType(), to) && (known.GetEnabled() == nil || known.GetEnabled().GetValue())
	})
}

func connectionTokens(request *Request) []string {
	said, present := request.Headers.Get("connection")
	if !present || request.Version != 1 {
		return nil
	}
	tokens := strings.Split(said, ",")
	for index, token := range tokens {
		tokens[index] = strings.ToLower(strings.TrimSpace(token))
	}
	return tokens
}

// methods are those that Envoy's parser of HTTP/1.1 takes, in this very spelling.
// Source: source/common/http/http1/balsa_parser.cc in Envoy
var methods = func() map[string]bool {
	known := map[string]bool{}
	for _, method := range strings.Fields(`ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK MERGE MKACTIVITY MKCALENDAR MKCOL MOVE
		MSEARCH NOTIFY OPTIONS PATCH POST PROPFIND PROPPATCH PURGE PUT QUERY REBIND REPORT SEARCH SOURCE SUBSCRIBE TRACE UNBIND UNLINK
		UNLOCK UNSUBSCRIBE`) {
		known[method] = true
	}
	return known
}()

// IsAuthority tells whether a text may stand for a host at all; HTTP/2 has no user in it.
func IsAuthority(text string, version int) bool {
	return validAuthority.MatchString(text) && (version != 2 || !strings.Contains(text, "@"))
}

// validAuthority has the characters that RFC 3986 allows, which Envoy checks of every request.
var validAuthority = regexp.MustCompile(`^[A-Za-z0-9\-._~%!$&'()*+,;=:\[\]@]*$`)

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
		name, _, _ := strings.Cut(part, ";") // a dot with parameters is one too
		switch strings.ReplaceAll(strings.ToLower(name), "%2e", ".") {
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

// withoutPort cuts what stands behind the last colon, if a port can; an address of IPv6 keeps its colons.
func withoutPort(authority string) string {
	at := strings.LastIndex(authority, ":")
	if at < 0 || strings.Contains(authority[at:], "]") {
		return authority
	}
	return authority[:at]
}

// Route chooses a route for a request.
// A request that came without TLS is sent elsewhere by hosts that require it.
func (p *Proxy) Route(manager *hcm.HttpConnectionManager, request *Request, encrypted bool) Routed {
	configuration := manager.GetRouteConfig()
	if configuration == nil {
		if configuration = p.routes[manager.GetRds().GetRouteConfigName()]; configuration == nil {
			return Routed{Status: 404}
		}
	}
	routed := Routed{Status: 404, Request: request}
	host := p.virtualHost(configuration, request.Authority)
	if host == nil {
		return routed
	}
	routed.VirtualHost = host.GetName()
	if host.GetRequireTls() == route.VirtualHost_ALL && !encrypted {
		routed.Status = 301
		return routed
	}
	for _, candidate := range host.GetRoutes() {
		if matchesRoute(candidate.GetMatch(), request) {
			return p.take(routed, configuration, host, candidate, request)
		}
	}
	return routed
}

// hostIndex finds virtual hosts by their domains.
type hostIndex struct {
	exact     map[string]*route.VirtualHost
	wildcards []wildcardHost
	all       *route.VirtualHost
}

type wildcardHost struct {
	domain string
	host   *route.VirtualHost
}

func (p *Proxy) index(configuration *route.RouteConfiguration) *hostIndex {
	if known, is := p.hosts.Load(configuration); is {
		return known.(*hostIndex)
	}
	made := &hostIndex{exact: map[string]*route.VirtualHost{}}
	for _, host := range configuration.GetVirtualHosts() {
		for _, domain := range host.GetDomains() {
			domain = strings.ToLower(domain)
			switch {
			case domain == "*":
				made.all = host
			case strings.Contains(domain, "*"):
				made.wildcards = append(made.wildcards, wildcardHost{domain, host})
			default:
				made.exact[domain] = host
			}
		}
	}
	p.hosts.Store(configuration, made)
	return made
}

// virtualHost finds the closest: the name itself, the longest wildcard at its beginning, the longest at its end, all.
func (p *Proxy) virtualHost(configuration *route.RouteConfiguration, authority string) *route.VirtualHost {
	asked := strings.ToLower(authority)
	if configuration.GetIgnorePortInHostMatching() {
		asked = withoutPort(asked)
	}
	index := p.index(configuration)
	if host := index.exact[asked]; host != nil {
		return host
	}
	best, found := 0, index.all
	for _, one := range index.wildcards {
		if closeness := closenessOfDomain(one.domain, asked); closeness > best {
			best, found = closeness, one.host
		}
	}
	return found
}

// closenessOfDomain of a wildcard to a name: 0 if it does not cover it.
func closenessOfDomain(domain, asked string) int {
	const beginning = 1 << 10
	if suffix, is := strings.CutPrefix(domain, "*"); is {
		if len(asked) > len(suffix) && strings.HasSuffix(asked, suffix) {
			return beginning + len(domain)
		}
	} else if prefix, is := strings.CutSuffix(domain, "*"); is && len(asked) > len(prefix) && strings.HasPrefix(asked, prefix) {
		return len(domain)
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
	routed.Found, routed.Route = true, chosen.GetName()
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
		routed.NotFound = notFound[action.Route.GetClusterNotFoundResponseCode()]
		for _, change := range []changes{configuration, host, chosen} {
			apply(&its, change)
		}
		rewrite(&its, action.Route, chosen.GetMatch())
		return routed
	}
	return routed
}

var notFound = map[route.RouteAction_ClusterNotFoundResponseCode]int{
	route.RouteAction_SERVICE_UNAVAILABLE:   503,
	route.RouteAction_NOT_FOUND:             404,
	route.RouteAction_INTERNAL_SERVER_ERROR: 500,
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

func clustersOf(action *route.RouteAction, request *Request) []string {
	if name := action.GetCluster(); name != "" {
		return []string{name}
	}
	if header := action.GetClusterHeader(); header != "" {
		name, _ := request.Get(header)
		return []string{name}
	}
	var all []string
	for _, one := range action.GetWeightedClusters().GetClusters() {
		if one.GetWeight().GetValue() > 0 {
			all = append(all, one.GetName())
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
