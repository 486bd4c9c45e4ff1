package mesh

import (
	"net/netip"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// ServiceNamed finds a Service of Kubernetes by a name that pods of a namespace may use for it.
func (m *Mesh) ServiceNamed(host, namespace string) *corev1.Service {
	name := strings.TrimSuffix(strings.TrimSuffix(host, "."), ".cluster.local")
	name = strings.TrimSuffix(name, ".svc")
	parts := strings.Split(name, ".")
	switch len(parts) {
	case 1:
		return m.service(namespace, parts[0])
	case 2:
		return m.service(parts[1], parts[0])
	}
	return nil
}

func (m *Mesh) service(namespace, name string) *corev1.Service {
	for _, service := range m.cluster.services {
		if service.Namespace == namespace && service.Name == name {
			return service
		}
	}
	return nil
}

// ServiceAt finds the Service that has a virtual address.
func (m *Mesh) ServiceAt(address netip.Addr) *corev1.Service {
	text := address.String()
	for _, service := range m.cluster.services {
		if service.Spec.ClusterIP == text {
			return service
		}
	}
	return nil
}

// Endpoints are the addresses behind a port of a Service, as kube-proxy has them.
func (m *Mesh) Endpoints(service *corev1.Service, port uint16) []netip.AddrPort {
	var found []netip.AddrPort
	var name string
	known := false
	for _, one := range service.Spec.Ports {
		if one.Port == int32(port) {
			name, known = one.Name, true
		}
	}
	if !known {
		return nil
	}
	for _, slice := range m.cluster.slices {
		if slice.Namespace != service.Namespace || slice.Labels["kubernetes.io/service-name"] != service.Name {
			continue
		}
		for _, one := range slice.Ports {
			if one.Port == nil || (one.Name != nil && *one.Name != name) {
				continue
			}
			for _, endpoint := range slice.Endpoints {
				for _, address := range endpoint.Addresses {
					if ip, err := netip.ParseAddr(address); err == nil {
						found = append(found, netip.AddrPortFrom(ip, uint16(*one.Port)))
					}
				}
			}
		}
	}
	return found
}
