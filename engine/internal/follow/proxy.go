package follow

import (
	"net/netip"
	"strings"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	tcp "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/tcp_proxy/v3"
	tlsapi "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"

	"cdk8s-istio-egress-engine/internal/envoy"
	"cdk8s-istio-egress-engine/internal/mesh"
)

// stop is a proxy on the way of a call.
type stop struct {
	pod    *mesh.Pod
	config *envoy.Proxy
	// expected is what the one before verifies this one by.
	expected *envoy.Origination
	// peer is who the one before is, where a tunnel told it already.
	peer string
	// inbound is set where what passes the proxy goes to the pod's own application.
	inbound bool
	// dynamicPort is the port for names that are looked up call by call.
	dynamicPort uint16
	// notFound is the status where a route's cluster does not exist.
	notFound int
}

// outbound goes through the sidecar of a caller.
func (w *walk) outbound(pod *mesh.Pod, connection envoy.Connection) {
	config := w.mesh.Proxy(pod)
	w.through(stop{pod: pod, config: config}, config.Outbound(connection.To), connection)
}

// through goes through a listener.
func (w *walk) through(at stop, of *listener.Listener, connection envoy.Connection) {
	if w.passed++; w.passed > mostHops {
		w.end(Failed, "the call goes round in circles")
		return
	}
	w.answer.Hops = append(w.answer.Hops, Hop{Kind: string(at.pod.Proxy), Pod: at.pod.Title()})
	hop := &w.answer.Hops[len(w.answer.Hops)-1]
	if of == nil {
		w.end(Refused, "nothing listens on port %d of %s", connection.To.Port(), at.pod.Title())
		return
	}
	hop.Listener = of.GetName()
	seen := envoy.Look(of, connection)
	chain := envoy.Chain(of, seen)
	if chain == nil {
		w.end(Refused, "the %s of %s has no filter chain for it: %s", at.pod.Proxy, at.pod.Title(), describe(seen))
		return
	}
	hop.FilterChain = chain.GetName()
	facts := envoy.Facts{Connection: connection, ServerName: seen.ServerName, Peer: at.peer}
	if !w.terminate(at, chain, &facts) {
		return
	}
	hop.Sees = facts.Peer
	end, said := envoy.Network(chain, facts)
	w.note(hop, said)
	if said.Refused {
		w.end(Refused, "%s of %s refuses the connection: %s", at.pod.Proxy, at.pod.Title(), because(said))
		return
	}
	if end.HTTP != nil {
		w.http(at, hop, end.HTTP, facts)
		return
	}
	at.dynamicPort = end.DynamicPort
	w.tcp(at, hop, end.TCP, facts)
}

func describe(seen envoy.Seen) string {
	if seen.TransportProtocol == "tls" {
		if seen.ServerName == "" {
			return "TLS without a server name"
		}
		return "TLS for " + seen.ServerName
	}
	if len(seen.Application) > 0 {
		return "HTTP without TLS"
	}
	return "bytes without TLS"
}

func because(said envoy.Judgement) string {
	if policy := envoy.PolicyOf(said.Policy); policy != "" {
		return policy + " denies it"
	}
	return "no policy allows it"
}

// note remembers what a policy decided.
func (w *walk) note(hop *Hop, said envoy.Judgement) {
	if said.Unknown != "" && w.depends == "" {
		w.depends = said.Unknown
	}
	if policy := envoy.PolicyOf(said.Policy); policy != "" {
		does := "allows"
		if said.Refused {
			does = "refuses"
		}
		w.refer(hop, policy, does)
	}
	for _, policy := range said.Considered[:min(mostConsidered, len(said.Considered))] {
		w.refer(hop, policy, "does not allow")
	}
}

// mostConsidered are as many policies as a reader looks at.
const mostConsidered = 5

func (w *walk) refer(hop *Hop, object, does string) {
	if object == "" {
		return
	}
	reference := Reference{Object: object, Does: does}
	if source, known := w.mesh.Sources[object]; known {
		reference.File, reference.Line = source.File, source.Line
	}
	hop.Decided = append(hop.Decided, reference)
}

// terminate ends TLS where the filter chain does. @returns false if the handshake fails
func (w *walk) terminate(at stop, chain *listener.FilterChain, facts *envoy.Facts) bool {
	context := envoy.Termination(chain)
	if context == nil {
		return true
	}
	if facts.TLS == nil {
		w.end(Failed, "%s of %s expects TLS, and gets none", at.pod.Proxy, at.pod.Title())
		return false
	}
	own := "default"
	if secrets := context.GetCommonTlsContext().GetTlsCertificateSdsSecretConfigs(); len(secrets) > 0 {
		own = secrets[0].GetName()
	}
	if own == "default" && at.expected != nil && !at.expected.Verifies(w.mesh.Identity(at.pod)) {
		w.status(Failed, 503, "the certificate of %s is not the one that the proxy before expects", at.pod.Title())
		return false
	}
	if context.GetRequireClientCertificate().GetValue() && facts.TLS.Identity == "" {
		w.end(Refused, "%s of %s expects a certificate of the mesh, and gets none", at.pod.Proxy, at.pod.Title())
		return false
	}
	if isVerified(context) {
		facts.Peer = facts.TLS.Identity
		if !envoy.AcceptsClient(context, facts.Peer) {
			w.answer.Hops[len(w.answer.Hops)-1].Sees = facts.Peer
			w.end(Refused, "%s of %s accepts other identities than %s for %s", at.pod.Proxy, at.pod.Title(), facts.Peer, facts.ServerName)
			return false
		}
	}
	facts.Encrypted = true
	facts.Stream = facts.TLS.Inside
	return true
}

func isVerified(context *tlsapi.DownstreamTlsContext) bool {
	common := context.GetCommonTlsContext()
	return common.GetCombinedValidationContext() != nil || common.GetValidationContextSdsSecretConfig() != nil || common.GetValidationContext() != nil
}

func (w *walk) tcp(at stop, hop *Hop, proxy *tcp.TcpProxy, facts envoy.Facts) {
	name := proxy.GetCluster()
	if weighted := proxy.GetWeightedClusters().GetClusters(); name == "" && len(weighted) > 0 {
		name = weighted[0].GetName()
	}
	if tunnel := proxy.GetTunnelingConfig(); tunnel != nil {
		host := strings.ReplaceAll(tunnel.GetHostname(), "%REQUESTED_SERVER_NAME%", facts.ServerName)
		w.assume("the proxy that %s asks by CONNECT for %s lets it pass", at.pod.Title(), host)
	}
	w.upstream(at, hop, name, facts)
}

func (w *walk) http(at stop, hop *Hop, manager *hcm.HttpConnectionManager, facts envoy.Facts) {
	title := at.pod.Title()
	if facts.HTTP == nil {
		w.end(Failed, "%s of %s reads HTTP, and gets something else", at.pod.Proxy, title)
		return
	}
	request, status := envoy.Normalize(manager, facts.HTTP, facts.To.Port(), facts.Encrypted)
	if status != 0 {
		if len(w.answer.Hops) > 1 && facts.HTTP.Version == 2 && !envoy.IsAuthority(request.Authority, 2) {
			status = 503 // a stream that HTTP/2 does not allow is reset, and the proxy before answers
		}
		w.status(Refused, status, "%s of %s takes no such request", at.pod.Proxy, title)
		return
	}
	facts.Request, facts.HTTP = request, request
	routed := at.config.Route(manager, request, facts.Encrypted)
	hop.Route = routed.Route
	if hop.Route == "" {
		hop.Route = routed.VirtualHost
	}
	if routed.Found && envoy.RefusesUpgrade(manager, request) {
		w.status(Refused, 403, "%s of %s knows no such upgrade of the connection", at.pod.Proxy, title)
		return
	}
	said := envoy.Requests(manager, facts)
	if said.Unknown == "" {
		said.Unknown = routed.Unknown
	}
	w.note(hop, said)
	if said.Refused {
		w.status(Refused, 403, "%s of %s refuses the request: %s", at.pod.Proxy, title, because(said))
		return
	}
	w.refer(hop, routed.Origin, "routes")
	if routed.Status != 0 {
		w.status(Refused, routed.Status, "%s of %s has no way for %s%s, and answers %d", at.pod.Proxy, title, request.Authority, request.Path(), routed.Status)
		return
	}
	if len(routed.Clusters) > 1 {
		w.assume("of the %d ways of route %s, the first is taken", len(routed.Clusters), routed.Route)
	}
	if len(routed.Clusters) == 0 {
		w.status(Failed, 503, "route %s leads nowhere", routed.Route)
		return
	}
	facts.Request, facts.HTTP = routed.Request, routed.Request
	at.notFound = routed.NotFound
	w.upstream(at, hop, routed.Clusters[0], facts)
}

// upstream connects to a cluster.
func (w *walk) upstream(at stop, hop *Hop, name string, facts envoy.Facts) {
	hop.Cluster = name
	its := at.config.Cluster(name)
	if name == "BlackHoleCluster" || name == "block_all" {
		w.unreached(facts, Refused, 502, "the mesh knows no way from %s to %s", at.pod.Title(), w.where(facts))
		return
	}
	if its == nil {
		w.unreached(facts, Failed, at.notFound, "%s of %s has no cluster %s", at.pod.Proxy, at.pod.Title(), name)
		return
	}
	w.refer(hop, envoy.Origin(its.GetMetadata()), "connects")
	targets := w.targets(at, its, facts)
	if len(targets) == 0 {
		w.unreached(facts, Failed, 503, "cluster %s of %s has no endpoint", name, at.pod.Title())
		return
	}
	target := targets[0]
	next := envoy.Connection{From: addressOf(at.pod), Stream: facts.Stream}
	if next.HTTP != nil {
		next.HTTP = versioned(next.HTTP, envoy.HTTPOptions(its))
	}
	if at.inbound && target.Internal == "" {
		w.arrived(at.pod, facts)
		return
	}
	if target.Internal != "" {
		w.internal(at, target, next)
		return
	}
	if origination := target.TLS; origination != nil {
		next.Stream = w.originate(at, hop, origination, envoy.HTTPOptions(its), next.Stream)
	}
	address, is := target.Address()
	if !is {
		found, err := w.lookUp(target.Host)
		if err != nil {
			w.unreached(facts, Failed, 503, "%s of %s finds no endpoint: %s", at.pod.Proxy, at.pod.Title(), err)
			return
		}
		address = found
	}
	next.To = netip.AddrPortFrom(address, target.Port)
	hop.To = w.nameOf(address) + ":" + portOf(target.Port)
	if !is {
		hop.To = target.Host + ":" + portOf(target.Port)
	}
	w.connect(at.pod, next, target.TLS)
}

// unreached ends a call that the proxy cannot send on: with an answer where it speaks HTTP with its caller.
func (w *walk) unreached(facts envoy.Facts, verdict Verdict, status int, reason string, arguments ...any) {
	if facts.HTTP == nil {
		status = 0
	}
	w.status(verdict, status, reason, arguments...)
}

func (w *walk) targets(at stop, its *cluster.Cluster, facts envoy.Facts) []envoy.Target {
	if envoy.IsDynamic(its) {
		return []envoy.Target{envoy.Dynamic(its, facts.HTTP, facts.ServerName, at.dynamicPort)}
	}
	return at.config.Targets(its, facts.To)
}

func (w *walk) where(facts envoy.Facts) string {
	if facts.ServerName != "" {
		return facts.ServerName
	}
	if facts.HTTP != nil {
		return facts.HTTP.Authority
	}
	return w.nameOf(facts.To.Addr()) + ":" + portOf(facts.To.Port())
}

// versioned gives a request the version of HTTP that the cluster speaks.
func versioned(request *envoy.Request, options envoy.Options) *envoy.Request {
	its := *request
	if options.Version != 0 {
		its.Version = options.Version
	}
	return &its
}

// originate begins TLS.
func (w *walk) originate(at stop, hop *Hop, by *envoy.Origination, options envoy.Options, inside envoy.Stream) envoy.Stream {
	tls := &envoy.TLS{ServerName: by.ServerName, ALPN: by.ALPN, Inside: inside}
	if options.AutoSNI && inside.HTTP != nil {
		tls.ServerName = strings.Split(inside.HTTP.Authority, ":")[0]
	}
	if by.Certificate == "default" {
		tls.Identity = w.mesh.Identity(at.pod)
	}
	said := &TLS{ServerName: tls.ServerName, Certificate: by.Certificate, Authority: by.Authority}
	for _, name := range by.Names {
		said.Names = append(said.Names, name.Text)
	}
	if options.AutoSANs && len(said.Names) == 0 && by.Authority != "" {
		said.Names = []string{tls.ServerName}
	}
	hop.TLS = said
	return envoy.Stream{TLS: tls}
}

// lookUp asks the cluster's DNS, as proxies do.
func (w *walk) lookUp(host string) (netip.Addr, error) {
	if service := w.mesh.ServiceNamed(host, ""); service != nil && strings.Contains(host, ".svc") {
		if address, err := netip.ParseAddr(service.Spec.ClusterIP); err == nil {
			return address, nil
		}
	}
	return w.outsideAddress(host)
}
