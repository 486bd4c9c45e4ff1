package mesh

import (
	"cmp"
	"slices"
	"strings"

	"istio.io/istio/pkg/config/protocol"
	"istio.io/istio/pkg/workloadapi"
)

// Destination is something outside that a proxy knows a way to.
type Destination struct {
	Host   string
	Port   uint16
	Speaks string
}

// Undeclared stand for what no object of the mesh names.
var Undeclared = []Destination{{"*", 80, "http"}, {"*", 443, "tls"}, {"*", 5432, "tcp"}}

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
					found = append(found, Destination{host, uint16(port.Port), spoken(port.Protocol)})
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
			found = append(found, Destination{strings.TrimSuffix(named.Host, "."), named.Port, speaks})
		}
	case Ztunnel:
		for _, service := range m.Ambient().services {
			if m.isInside(service.Hostname) || (service.Visibility == workloadapi.Service_NAMESPACE && service.Namespace != pod.Namespace) {
				continue
			}
			for _, port := range service.Ports {
				found = append(found, Destination{service.Hostname, uint16(port.ServicePort), m.spokenAt(service, port.ServicePort)})
			}
		}
	}
	slices.SortFunc(found, func(a, b Destination) int {
		if a.Host != b.Host {
			return strings.Compare(a.Host, b.Host)
		}
		return cmp.Or(cmp.Compare(a.Port, b.Port), strings.Compare(a.Speaks, b.Speaks))
	})
	return append(slices.Compact(found), Undeclared...)
}

func (m *Mesh) isInside(host string) bool { return strings.HasSuffix(host, ".svc.cluster.local") }

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
	for _, entry := range m.cluster.entries {
		if entry.Namespace != service.Namespace || !slices.Contains(entry.Spec.Hosts, service.Hostname) {
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
