package mesh

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"
	clientnetworking "istio.io/client-go/pkg/apis/networking/v1"
	"istio.io/istio/pkg/config/protocol"
	"istio.io/istio/pkg/workloadapi"

	"cdk8s-istio-egress-engine/internal/input"
)

// Destination is something outside that a proxy knows a way to.
type Destination struct {
	Host   string
	Port   uint16
	Speaks string
	// Address is one that the ServiceEntry writes, by which callers reach it where nobody answers for its name.
	Address string
}

// Undeclared stand for what no object of the mesh names.
var Undeclared = []Destination{{Host: "*", Port: 80, Speaks: "http"}, {Host: "*", Port: 443, Speaks: "tls"}, {Host: "*", Port: 5432, Speaks: "tcp"}}

// Destinations are the hosts of ServiceEntries that the proxy of a pod knows, and those that nobody names.
func (m *Mesh) Destinations(pod *Pod) []Destination {
	var found []Destination
	switch pod.Proxy {
	case Sidecar:
		m.mutex.Lock()
		scope := m.istiod.SetupProxy(m.node(pod)).SidecarScope
		m.mutex.Unlock()
		for _, service := range scope.Services() {
			for _, port := range service.Ports {
				if host := string(service.Hostname); !m.isInside(host) {
					found = append(found, Destination{host, uint16(port.Port), spoken(port.Protocol), m.writtenAddress(service.Attributes.Namespace, host)})
				}
			}
		}
		for _, named := range m.Proxy(pod).NamedHosts() {
			if m.isKnownInside(named.Host, pod.Namespace) {
				continue
			}
			speaks := "http"
			if named.TLS {
				speaks = "tls"
			}
			found = append(found, Destination{Host: strings.TrimSuffix(named.Host, "."), Port: named.Port, Speaks: speaks})
		}
	case Ztunnel:
		for _, service := range m.Ambient().services {
			if m.isInside(service.Hostname) || (service.Visibility == workloadapi.Service_NAMESPACE && service.Namespace != pod.Namespace) {
				continue
			}
			for _, port := range service.Ports {
				found = append(found, Destination{service.Hostname, uint16(port.ServicePort), m.spokenAt(service, port.ServicePort), m.writtenAddress(service.Namespace, service.Hostname)})
			}
		}
	}
	slices.SortFunc(found, func(a, b Destination) int {
		if a.Host != b.Host {
			return strings.Compare(a.Host, b.Host)
		}
		return cmp.Or(cmp.Compare(a.Port, b.Port), strings.Compare(a.Speaks, b.Speaks), -strings.Compare(a.Address, b.Address))
	})
	// What is known by its address too stands first.
	same := func(a, b Destination) bool { return a.Host == b.Host && a.Port == b.Port && a.Speaks == b.Speaks }
	return append(slices.CompactFunc(found, same), Undeclared...)
}

func (m *Mesh) isInside(host string) bool { return strings.HasSuffix(host, ".svc.cluster.local") }

// writtenAddress is the first that a ServiceEntry of a namespace writes for a host.
func (m *Mesh) writtenAddress(namespace, host string) string {
	for _, entry := range m.entriesOf(host) {
		if entry.Namespace != namespace {
			continue
		}
		for _, address := range entry.Spec.Addresses {
			written, _, _ := strings.Cut(address, "/")
			if _, err := netip.ParseAddr(written); err == nil {
				return written
			}
		}
	}
	return ""
}

// entriesOf are the ServiceEntries of a host.
func (m *Mesh) entriesOf(host string) []*clientnetworking.ServiceEntry {
	m.entriesOnce.Do(func() {
		m.entriesByHost = map[string][]*clientnetworking.ServiceEntry{}
		for _, entry := range m.cluster.entries {
			for _, its := range entry.Spec.Hosts {
				m.entriesByHost[its] = append(m.entriesByHost[its], entry)
			}
		}
	})
	return m.entriesByHost[host]
}

// Naming are the objects of a namespace that name a host: its routes, then its entries.
func (m *Mesh) Naming(namespace, host string) []string {
	m.namingOnce.Do(func() {
		m.naming = map[string][]string{}
		for _, its := range m.configs {
			var hosts []string
			switch spec := its.Spec.(type) {
			case *networking.VirtualService:
				hosts = spec.GetHosts()
			case *networking.ServiceEntry:
				hosts = spec.GetHosts()
			}
			for _, one := range hosts {
				key := its.Namespace + " " + one
				m.naming[key] = append(m.naming[key], input.Key(its.GroupVersionKind.Kind, its.Namespace, its.Name))
			}
		}
		for _, objects := range m.naming {
			slices.Sort(objects)
			slices.Reverse(objects)
		}
	})
	return m.naming[namespace+" "+host]
}

// isKnownInside tells whether a name is a Service's for pods of a namespace, short as it may be.
func (m *Mesh) isKnownInside(host, namespace string) bool {
	return m.isInside(host) || strings.Contains(host, ".svc") || m.ServiceNamed(host, namespace) != nil
}

func spoken(by protocol.Instance) string {
	switch {
	case by.IsTLS():
		return "tls"
	case by.IsHTTP():
		return "http"
	}
	return "tcp"
}

// spokenAt reads the protocol of a port of a ServiceEntry, which ztunnel does not care about.
func (m *Mesh) spokenAt(service *workloadapi.Service, port uint32) string {
	for _, entry := range m.entriesOf(service.Hostname) {
		if entry.Namespace != service.Namespace {
			continue
		}
		for _, one := range entry.Spec.Ports {
			if one.Number == port {
				return spoken(protocol.Parse(one.Protocol))
			}
		}
	}
	return "tcp"
}
