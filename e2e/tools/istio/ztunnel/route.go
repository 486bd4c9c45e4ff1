package main

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strconv"

	api "istio.io/istio/pkg/workloadapi"
)

// route is the way that a connection takes.
type route struct {
	// service is whom it was for; empty where istiod knows nobody of that address.
	service string
	// to is where to connect, with a host name where the workload has no address.
	to string
	// authority is what to ask the other side of an HBONE tunnel for; empty without one.
	authority string
	// identity is who must be at the other side of the tunnel.
	identity string
}

// routeTo decides as ztunnel does: a service's waypoint, else one of its workloads, else straight on.
func (s *state) routeTo(destination netip.AddrPort) (route, error) {
	s.RLock()
	defer s.RUnlock()
	if service := s.serviceAt(destination.Addr()); service != nil {
		return s.routeToService(service, destination)
	}
	if workload := s.workloadAt(destination.Addr()); workload != nil {
		if workload.Waypoint != nil {
			return s.throughWaypoint(workload.Name, workload.Waypoint, destination.String())
		}
		return toWorkload(workload.Name, workload, uint32(destination.Port())), nil
	}
	return route{to: destination.String()}, nil
}

func (s *state) routeToService(service *api.Service, destination netip.AddrPort) (route, error) {
	if service.Waypoint != nil {
		return s.throughWaypoint(service.Hostname, service.Waypoint, destination.String())
	}
	if service.LoadBalancing.GetMode() == api.LoadBalancing_PASSTHROUGH {
		return route{service: service.Hostname, to: destination.String()}, nil
	}
	endpoints := s.endpoints(service, uint32(destination.Port()))
	if len(endpoints) == 0 {
		return route{}, fmt.Errorf("service %s has no healthy workload for port %d", service.Hostname, destination.Port())
	}
	chosen := endpoints[rand.IntN(len(endpoints))]
	return toWorkload(service.Hostname, chosen.workload, chosen.port), nil
}

func toWorkload(service string, workload *api.Workload, port uint32) route {
	host := workload.Hostname
	if len(workload.Addresses) > 0 {
		ip, _ := netip.AddrFromSlice(workload.Addresses[rand.IntN(len(workload.Addresses))])
		host = ip.String()
	}
	target := host + ":" + strconv.Itoa(int(port))
	if workload.TunnelProtocol != api.TunnelProtocol_HBONE {
		return route{service: service, to: target}
	}
	return route{service: service, to: host + ":15008", authority: target, identity: identityOf(workload)}
}

// throughWaypoint asks one of the waypoint's pods for what the caller asked for.
func (s *state) throughWaypoint(service string, waypoint *api.GatewayAddress, authority string) (route, error) {
	var at *api.Service
	if name := waypoint.GetHostname(); name != nil {
		at = s.services[name.Namespace+"/"+name.Hostname]
	} else if ip, ok := netip.AddrFromSlice(waypoint.GetAddress().GetAddress()); ok {
		at = s.serviceAt(ip)
	}
	if at == nil {
		return route{}, fmt.Errorf("the waypoint of %s is unknown", service)
	}
	endpoints := s.endpoints(at, waypoint.HboneMtlsPort)
	if len(endpoints) == 0 {
		return route{}, fmt.Errorf("the waypoint %s of %s has no healthy workload", at.Hostname, service)
	}
	chosen := endpoints[rand.IntN(len(endpoints))]
	way := toWorkload(service, chosen.workload, chosen.port)
	return route{service: service, to: way.to, authority: authority, identity: identityOf(chosen.workload)}, nil
}

func identityOf(workload *api.Workload) string {
	trustDomain := workload.TrustDomain
	if trustDomain == "" {
		trustDomain = "cluster.local"
	}
	return spiffe(trustDomain, workload.Namespace, workload.ServiceAccount)
}
