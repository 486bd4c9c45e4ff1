package envoy

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	envoycore "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpoint "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	internal "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/internal_upstream/v3"
	tlsapi "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	upstreams "github.com/envoyproxy/go-control-plane/envoy/extensions/upstreams/http/v3"
	matcher "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	"google.golang.org/protobuf/types/known/structpb"
)

// Target is where a cluster sends a connection.
type Target struct {
	// Host is a name to look up, or an address.
	Host string
	Port uint16
	// Internal is a listener of the same proxy instead.
	Internal string
	// Tunnel is what the endpoint says that HBONE is to be asked for.
	Tunnel string
	TLS    *Origination
}

// Address is the target's address, if it is one.
func (t Target) Address() (netip.Addr, bool) {
	address, err := netip.ParseAddr(t.Host)
	return address, err == nil
}

// Origination is the TLS that the proxy itself begins.
type Origination struct {
	ServerName string
	ALPN       []string
	// Certificate is the name of the client's certificate: "default" is the workload's own. Empty without one.
	Certificate string
	// Authority is the name of what verifies the server; empty where nothing does.
	Authority string
	// Names are those that the server's certificate must have one of, as matchers. Empty where none are asked for.
	Names []NameMatcher
}

// NameMatcher decides on a name of a certificate.
type NameMatcher struct {
	Text string
	Is   func(name string) bool
}

// Verifies tells whether a name of the server's certificate is accepted.
func (o *Origination) Verifies(name string) bool {
	if len(o.Names) == 0 {
		return true
	}
	for _, one := range o.Names {
		if one.Is(name) {
			return true
		}
	}
	return false
}

// IsDynamic tells whether a cluster looks up the name that each call names.
func IsDynamic(its *cluster.Cluster) bool {
	return its.GetClusterType().GetName() == "envoy.clusters.dynamic_forward_proxy"
}

// Dynamic is the target of a cluster that looks up the name of the request, or the server name of a connection.
func Dynamic(its *cluster.Cluster, request *Request, serverName string, port uint16) Target {
	target := Target{Host: serverName, Port: port, TLS: origination(its, nil)}
	if request == nil {
		return target
	}
	target.Host, target.Port = request.Authority, 80
	if target.TLS != nil {
		target.Port = 443
	}
	if host, written, found := strings.Cut(request.Authority, ":"); found {
		if number, err := strconv.ParseUint(written, 10, 16); err == nil {
			target.Host, target.Port = host, uint16(number)
		}
	}
	return target
}

// Targets are the endpoints of a cluster for a connection that wanted to go to an address.
func (p *Proxy) Targets(its *cluster.Cluster, wanted netip.AddrPort) []Target {
	if its.GetType() == cluster.Cluster_ORIGINAL_DST {
		port := wanted.Port()
		if override := its.GetOriginalDstLbConfig().GetUpstreamPortOverride(); override != nil {
			port = uint16(override.GetValue())
		}
		return []Target{{Host: wanted.Addr().String(), Port: port, TLS: origination(its, nil)}}
	}
	load := its.GetLoadAssignment()
	if its.GetType() == cluster.Cluster_EDS {
		load = p.endpoints[its.GetName()]
	}
	var targets []Target
	best := uint32(1 << 20)
	for _, locality := range load.GetEndpoints() {
		if len(locality.GetLbEndpoints()) > 0 {
			best = min(best, locality.GetPriority())
		}
	}
	for _, locality := range load.GetEndpoints() {
		if locality.GetPriority() != best {
			continue
		}
		for _, one := range locality.GetLbEndpoints() {
			if one.GetHealthStatus() != envoycore.HealthStatus_UNHEALTHY {
				targets = append(targets, targetOf(its, one))
			}
		}
	}
	return targets
}

func targetOf(its *cluster.Cluster, one *endpoint.LbEndpoint) Target {
	target := Target{TLS: origination(its, one)}
	address := one.GetEndpoint().GetAddress()
	if internal := address.GetEnvoyInternalAddress(); internal != nil {
		target.Internal = internal.GetServerListenerName()
		target.Tunnel = internal.GetEndpointId()
		tunnel := one.GetMetadata().GetFilterMetadata()["envoy.filters.listener.original_dst"].GetFields()["local"].GetStringValue()
		if tunnel != "" {
			target.Tunnel = tunnel
		}
		return target
	}
	target.Host = address.GetSocketAddress().GetAddress()
	target.Port = uint16(address.GetSocketAddress().GetPortValue())
	return target
}

// origination chooses how to connect: the first transport of the cluster that matches the endpoint, else its own.
func origination(its *cluster.Cluster, one *endpoint.LbEndpoint) *Origination {
	socket := its.GetTransportSocket()
	for _, match := range its.GetTransportSocketMatches() {
		if fits(match.GetMatch(), one.GetMetadata().GetFilterMetadata()["envoy.transport_socket_match"]) {
			socket = match.GetTransportSocket()
			break
		}
	}
	return readTLS(socket)
}

func fits(match, metadata *structpb.Struct) bool {
	for key, value := range match.GetFields() {
		if metadata.GetFields()[key].GetStringValue() != value.GetStringValue() {
			return false
		}
	}
	return true
}

func readTLS(socket *envoycore.TransportSocket) *Origination {
	if inner, is := read[internal.InternalUpstreamTransport](socket.GetTypedConfig()); is {
		return readTLS(inner.GetTransportSocket())
	}
	context, is := read[tlsapi.UpstreamTlsContext](socket.GetTypedConfig())
	if !is {
		return nil
	}
	common := context.GetCommonTlsContext()
	its := &Origination{ServerName: context.GetSni(), ALPN: common.GetAlpnProtocols()}
	if secrets := common.GetTlsCertificateSdsSecretConfigs(); len(secrets) > 0 {
		its.Certificate = secrets[0].GetName()
	} else if files := common.GetTlsCertificates(); len(files) > 0 {
		its.Certificate = files[0].GetCertificateChain().GetFilename()
	}
	validation := validationOf(common)
	if combined := common.GetCombinedValidationContext(); combined != nil {
		its.Authority = combined.GetValidationContextSdsSecretConfig().GetName()
	} else if secret := common.GetValidationContextSdsSecretConfig(); secret != nil {
		its.Authority = secret.GetName()
	} else if file := validation.GetTrustedCa().GetFilename(); file != "" {
		its.Authority = file
	}
	its.Names = namesOf(validation)
	return its
}

// validationOf is what is written of the other side's certificate, beside what is fetched.
func validationOf(common *tlsapi.CommonTlsContext) *tlsapi.CertificateValidationContext {
	if combined := common.GetCombinedValidationContext(); combined != nil {
		return combined.GetDefaultValidationContext()
	}
	return common.GetValidationContext()
}

func namesOf(validation *tlsapi.CertificateValidationContext) []NameMatcher {
	var names []NameMatcher
	take := func(by *matcher.StringMatcher) {
		names = append(names, NameMatcher{textOf(by), func(name string) bool { return matchesString(by, name) }})
	}
	for _, one := range validation.GetMatchTypedSubjectAltNames() {
		take(one.GetMatcher())
	}
	for _, by := range validation.GetMatchSubjectAltNames() { //nolint:staticcheck // istiod writes it for workloads
		take(by)
	}
	return names
}

// Termination is how a filter chain ends TLS; nothing if it does not.
func Termination(chain *listener.FilterChain) *tlsapi.DownstreamTlsContext {
	context, _ := read[tlsapi.DownstreamTlsContext](chain.GetTransportSocket().GetTypedConfig())
	return context
}

// AcceptsClient tells whether a server takes a client's certificate of that name: Istio's `subjectAltNames` of a Gateway's server.
func AcceptsClient(context *tlsapi.DownstreamTlsContext, name string) bool {
	names := namesOf(validationOf(context.GetCommonTlsContext()))
	return len(names) == 0 || slices.ContainsFunc(names, func(one NameMatcher) bool { return one.Is(name) })
}

// Options are what a cluster says of HTTP towards its endpoints.
type Options struct {
	// Version is 1 or 2, and 0 where ALPN or the caller's own decides.
	Version  int
	AutoSNI  bool
	AutoSANs bool
}

// HTTPOptions reads them.
func HTTPOptions(its *cluster.Cluster) Options {
	options, is := read[upstreams.HttpProtocolOptions](its.GetTypedExtensionProtocolOptions()["envoy.extensions.upstreams.http.v3.HttpProtocolOptions"])
	if !is {
		return Options{Version: 1}
	}
	said := Options{
		AutoSNI:  options.GetUpstreamHttpProtocolOptions().GetAutoSni(),
		AutoSANs: options.GetUpstreamHttpProtocolOptions().GetAutoSanValidation(),
	}
	switch {
	case options.GetExplicitHttpConfig().GetHttp2ProtocolOptions() != nil:
		said.Version = 2
	case options.GetExplicitHttpConfig() != nil:
		said.Version = 1
	}
	return said
}
