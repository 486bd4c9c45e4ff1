package envoy

import (
	"strings"
	"sync"

	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	accept "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
	extauthz "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/ext_authz/v3"
	httprbac "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/rbac/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	netrbac "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/rbac/v3"
	snidfp "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/sni_dynamic_forward_proxy/v3"
	tcp "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/tcp_proxy/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
)

// End is what a filter chain does with a connection at last.
type End struct {
	HTTP *hcm.HttpConnectionManager
	TCP  *tcp.TcpProxy
	// DynamicPort is the port for names that are looked up call by call.
	DynamicPort uint16
}

// Network goes through the filters of a chain, and answers with its end, unless a policy refuses.
func Network(chain *listener.FilterChain, facts Facts) (End, Judgement) {
	var unknown, policy string
	var end End
	for _, filter := range chain.GetFilters() {
		its := filter.GetTypedConfig()
		if rules, is := read[netrbac.RBAC](its); is {
			said := judge(rules.GetRules(), facts)
			if said.Refused {
				return End{}, said
			}
			unknown = first(unknown, said.Unknown)
			if rules.GetRules().GetAction() == accept.RBAC_ALLOW {
				policy = first(policy, said.Policy)
			}
		} else if dynamic, is := read[snidfp.FilterConfig](its); is {
			end.DynamicPort = uint16(dynamic.GetPortValue())
		} else if manager, is := read[hcm.HttpConnectionManager](its); is {
			end.HTTP = manager
			return end, Judgement{Policy: policy, Unknown: unknown}
		} else if proxy, is := read[tcp.TcpProxy](its); is {
			end.TCP = proxy
			return end, Judgement{Policy: policy, Unknown: unknown}
		} else {
			unknown = first(unknown, effectOf(filter.GetName(), its))
		}
	}
	return End{}, Judgement{Refused: true, Policy: "", Unknown: unknown}
}

// Requests goes through the filters of HTTP before the router.
func Requests(manager *hcm.HttpConnectionManager, facts Facts) Judgement {
	allowed := Judgement{}
	isAsked := map[string]bool{}
	for _, filter := range manager.GetHttpFilters() {
		if filter.GetDisabled() {
			continue
		}
		its := filter.GetTypedConfig()
		if rules, is := read[httprbac.RBAC](its); is {
			if prefix := rules.GetShadowRulesStatPrefix(); rules.GetShadowRules() != nil && strings.HasPrefix(prefix, "istio_ext_authz") {
				// Its engine says "allowed" where a policy asks for the provider.
				shadow := judge(rules.GetShadowRules(), facts)
				isAsked[prefix] = shadow.Policy != ""
				continue
			}
			said := judge(rules.GetRules(), facts)
			if said.Refused {
				return said
			}
			allowed.Unknown = first(allowed.Unknown, said.Unknown)
			if said.Policy != "" && rules.GetRules().GetAction() == accept.RBAC_ALLOW {
				allowed.Policy = said.Policy
			}
		} else if authorization, is := read[extauthz.ExtAuthz](its); is {
			if asks(authorization, isAsked) {
				allowed.Unknown = first(allowed.Unknown, "the answer of the external authorization "+providerOf(authorization))
			}
		} else if filter.GetName() != "envoy.filters.http.fault" { // Istio's own is empty; what a VirtualService injects stands at the route
			allowed.Unknown = first(allowed.Unknown, effectOf(filter.GetName(), its))
		}
	}
	return allowed
}

func asks(authorization *extauthz.ExtAuthz, isAsked map[string]bool) bool {
	enabled := authorization.GetFilterEnabledMetadata()
	if enabled == nil {
		return true
	}
	for prefix, asked := range isAsked {
		for _, segment := range enabled.GetPath() {
			if strings.HasPrefix(segment.GetKey(), prefix) {
				return asked
			}
		}
	}
	return true
}

func providerOf(authorization *extauthz.ExtAuthz) string {
	if service := authorization.GetGrpcService().GetEnvoyGrpc().GetClusterName(); service != "" {
		return service
	}
	return authorization.GetHttpService().GetServerUri().GetCluster()
}

// harmless are filters that neither refuse a call nor send it elsewhere.
var harmless = []string{
	"envoy.filters.http.router", "envoy.filters.http.dynamic_forward_proxy", "envoy.filters.http.cors", "envoy.filters.http.grpc_stats", "envoy.filters.http.grpc_web",
	"envoy.filters.http.set_filter_state", "envoy.filters.network.set_filter_state", "envoy.filters.http.header_mutation",
	"istio.stats", "istio.metadata_exchange", "istio.alpn", "waypoint_peer_metadata", "waypoint_downstream_peer_metadata",
	"waypoint_upstream_peer_metadata", "envoy.filters.http.connect_authority", "connect_authority",
	"envoy.filters.network.metadata_exchange", "envoy.filters.http.peer_metadata",
}

// effectOf names what a filter may do that the configuration does not tell; nothing for those that do nothing of the kind.
func effectOf(name string, its *anypb.Any) string {
	kind := its.GetTypeUrl()
	for _, one := range harmless {
		if name == one || strings.HasPrefix(name, one+".") {
			return ""
		}
	}
	for _, part := range []string{"peer_metadata", "istio_stats", "io.istio.http", "metadataexchange", "AlpnFilter", "stats.PluginConfig"} {
		if strings.Contains(kind, part) || strings.Contains(name, part) {
			return ""
		}
	}
	return "what filter " + name + " does"
}

// read decodes a part of the configuration, once for all calls.
func read[T any, M interface {
	*T
	proto.Message
}](config *anypb.Any) (M, bool) {
	if config == nil || !config.MessageIs(M(new(T))) {
		return nil, false
	}
	if known, is := decoded.Load(config); is {
		return known.(M), true
	}
	message := M(new(T))
	if config.UnmarshalTo(message) != nil {
		return nil, false
	}
	decoded.Store(config, message)
	return message, true
}

// decoded are parts of configurations by where they stand; nobody changes them.
var decoded sync.Map

func first(known, other string) string {
	if known != "" {
		return known
	}
	return other
}
