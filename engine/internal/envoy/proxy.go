package envoy

import (
	"net/netip"
	"strconv"
	"strings"
	"sync"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	endpoint "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
)

// Proxy is the configuration of one Envoy.
type Proxy struct {
	listeners []*listener.Listener
	routes    map[string]*route.RouteConfiguration
	clusters  map[string]*cluster.Cluster
	endpoints map[string]*endpoint.ClusterLoadAssignment
	names     map[string][]netip.Addr
	// hosts are indices of route configurations, made when they are asked for.
	hosts sync.Map
}

// NewProxy takes what istiod sends by LDS, RDS and CDS.
func NewProxy(listeners []*listener.Listener, routes []*route.RouteConfiguration, clusters []*cluster.Cluster) *Proxy {
	p := &Proxy{
		listeners: listeners,
		routes:    map[string]*route.RouteConfiguration{},
		clusters:  map[string]*cluster.Cluster{},
		endpoints: map[string]*endpoint.ClusterLoadAssignment{},
		names:     map[string][]netip.Addr{},
	}
	for _, one := range routes {
		if one != nil {
			p.routes[one.Name] = one
		}
	}
	for _, one := range clusters {
		p.clusters[one.Name] = one
	}
	return p
}

// AddEndpoints takes what istiod sends by EDS.
func (p *Proxy) AddEndpoints(name string, endpoints *endpoint.ClusterLoadAssignment) {
	p.endpoints[name] = endpoints
}

// AddName takes an entry of the table with which the sidecar answers DNS.
func (p *Proxy) AddName(host string, address netip.Addr) {
	p.names[host] = append(p.names[host], address)
}

// Clusters are all clusters.
func (p *Proxy) Clusters() []*cluster.Cluster {
	all := make([]*cluster.Cluster, 0, len(p.clusters))
	for _, one := range p.clusters {
		all = append(all, one)
	}
	return all
}

// Listeners are all listeners.
func (p *Proxy) Listeners() []*listener.Listener { return p.listeners }

// Cluster finds a cluster.
func (p *Proxy) Cluster(name string) *cluster.Cluster { return p.clusters[name] }

// Resolve answers a question for a name, as the agent beside the sidecar does: an exact name, else the closest wildcard.
// Source: pkg/dns/client in Istio
func (p *Proxy) Resolve(host string) []netip.Addr {
	host = strings.ToLower(host)
	if found, is := p.names[host]; is {
		return found
	}
	for rest := host; ; {
		_, parent, more := strings.Cut(rest, ".")
		if !more {
			return nil
		}
		if found, is := p.names["*."+parent]; is {
			return found
		}
		rest = parent
	}
}

const (
	virtualOutbound = "virtualOutbound"
	virtualInbound  = "virtualInbound"
)

// Outbound finds the listener that takes over a call of the application.
func (p *Proxy) Outbound(to netip.AddrPort) *listener.Listener {
	if found := p.ListenerAt(to); found != nil && found.Name != virtualOutbound && found.Name != virtualInbound {
		return found
	}
	return p.Named(virtualOutbound)
}

// Inbound finds the listener that takes what comes to the pod.
func (p *Proxy) Inbound() *listener.Listener { return p.Named(virtualInbound) }

// Named finds a listener by its name.
func (p *Proxy) Named(name string) *listener.Listener {
	for _, one := range p.listeners {
		if one.Name == name {
			return one
		}
	}
	return nil
}

// ListenerAt finds the listener of an address: its very own, else that of the port on any address.
func (p *Proxy) ListenerAt(to netip.AddrPort) *listener.Listener {
	var any *listener.Listener
	for _, one := range p.listeners {
		addresses := []string{one.GetAddress().GetSocketAddress().GetAddress()}
		for _, more := range one.GetAdditionalAddresses() {
			addresses = append(addresses, more.GetAddress().GetSocketAddress().GetAddress())
		}
		if one.GetAddress().GetSocketAddress().GetPortValue() != uint32(to.Port()) {
			continue
		}
		for _, address := range addresses {
			if address == to.Addr().String() {
				return one
			}
			if (address == "0.0.0.0" || address == "::") && any == nil {
				any = one
			}
		}
	}
	return any
}

// NamedHost is a host that a configuration names, on a port.
type NamedHost struct {
	Host string
	Port uint16
	// TLS is set where the host is told by its server name.
	TLS bool
}

// NamedHosts are the hosts of routes and the server names of filter chains for calls of the pod itself.
func (p *Proxy) NamedHosts() []NamedHost {
	var all []NamedHost
	for name, configuration := range p.routes {
		port, err := strconv.ParseUint(name, 10, 16)
		if err != nil {
			continue // routes of what comes in
		}
		for _, host := range configuration.GetVirtualHosts() {
			for _, domain := range host.GetDomains() {
				if domain != "*" && !strings.Contains(domain, ":") {
					all = append(all, NamedHost{domain, uint16(port), false})
				}
			}
		}
	}
	for _, one := range p.listeners {
		if one.GetName() == virtualInbound {
			continue
		}
		for _, chain := range one.GetFilterChains() {
			for _, name := range chain.GetFilterChainMatch().GetServerNames() {
				all = append(all, NamedHost{name, uint16(one.GetAddress().GetSocketAddress().GetPortValue()), true})
			}
		}
	}
	return all
}
