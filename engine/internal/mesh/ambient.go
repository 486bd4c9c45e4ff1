package mesh

import (
	"net/netip"
	"strings"

	"istio.io/istio/pkg/workloadapi"
)

// Ambient is what istiod tells ztunnels of services and workloads.
type Ambient struct {
	services  []*workloadapi.Service
	workloads []*workloadapi.Workload
}

// Ambient asks istiod for what ztunnels get.
func (m *Mesh) Ambient() *Ambient {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.ambient != nil {
		return m.ambient
	}
	m.ambient = &Ambient{}
	if m.istiod.AmbientIndex == nil {
		return m.ambient // istiod runs without PILOT_ENABLE_AMBIENT
	}
	for _, info := range m.istiod.AmbientIndex.All() {
		if service := info.GetService(); service != nil {
			m.ambient.services = append(m.ambient.services, service)
		} else if workload := info.GetWorkload(); workload != nil {
			m.ambient.workloads = append(m.ambient.workloads, workload)
		}
	}
	return m.ambient
}

// ServiceAt finds the service that has a virtual address.
func (a *Ambient) ServiceAt(address netip.Addr) *workloadapi.Service {
	for _, service := range a.services {
		for _, candidate := range service.Addresses {
			ip, _ := netip.AddrFromSlice(candidate.Address)
			bits := ip.BitLen()
			if candidate.Length != nil {
				bits = int(*candidate.Length)
			}
			if netip.PrefixFrom(ip, bits).Contains(address) {
				return service
			}
		}
	}
	return nil
}

// ServiceNamed finds the service of a host for callers of a namespace, by which ztunnel answers for a name.
func (a *Ambient) ServiceNamed(host, namespace string) *workloadapi.Service {
	var found *workloadapi.Service
	for _, service := range a.services {
		if !matchesHost(service.Hostname, host) || len(service.Addresses) == 0 {
			continue
		}
		if service.Visibility == workloadapi.Service_NAMESPACE && service.Namespace != namespace {
			continue
		}
		if found == nil || isBetter(service, found, namespace) {
			found = service
		}
	}
	return found
}

// isBetter prefers a name to a wildcard and a narrow one to a wide one, then the caller's own namespace, then the one that istiod prefers.
func isBetter(a, b *workloadapi.Service, namespace string) bool {
	if len(a.Hostname) != len(b.Hostname) {
		return len(a.Hostname) > len(b.Hostname)
	}
	if own := a.Namespace == namespace; own != (b.Namespace == namespace) {
		return own
	}
	if a.Canonical != b.Canonical {
		return a.Canonical
	}
	return a.Namespace < b.Namespace
}

func matchesHost(pattern, host string) bool {
	if suffix, is := strings.CutPrefix(pattern, "*"); is {
		return strings.HasSuffix(host, suffix)
	}
	return pattern == host
}

// ServiceKey finds a service by its namespace and host.
func (a *Ambient) ServiceKey(namespace, hostname string) *workloadapi.Service {
	for _, service := range a.services {
		if service.Namespace == namespace && service.Hostname == hostname {
			return service
		}
	}
	return nil
}

// WorkloadAt finds the workload that has an address of its own.
func (a *Ambient) WorkloadAt(address netip.Addr) *workloadapi.Workload {
	for _, workload := range a.workloads {
		for _, candidate := range workload.Addresses {
			if ip, _ := netip.AddrFromSlice(candidate); ip == address {
				return workload
			}
		}
	}
	return nil
}

// Endpoint is a healthy workload of a service, and the port on which it serves.
type Endpoint struct {
	Workload *workloadapi.Workload
	Port     uint16
}

// Endpoints are those of a port of a service.
func (a *Ambient) Endpoints(service *workloadapi.Service, port uint16) []Endpoint {
	var found []Endpoint
	for _, workload := range a.workloads {
		ports, is := workload.Services[service.Namespace+"/"+service.Hostname]
		if !is || workload.Status != workloadapi.WorkloadStatus_HEALTHY {
			continue
		}
		for _, candidate := range ports.Ports {
			if candidate.ServicePort == uint32(port) {
				found = append(found, Endpoint{workload, uint16(candidate.TargetPort)})
			}
		}
	}
	return found
}
