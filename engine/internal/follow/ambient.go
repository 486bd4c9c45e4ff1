package follow

import (
	"net/netip"

	"istio.io/istio/pkg/workloadapi"

	"cdk8s-istio-egress-engine/internal/envoy"
	"cdk8s-istio-egress-engine/internal/mesh"
)

// ztunnel goes as ztunnel does: to a service's waypoint, else to one of its workloads, else straight on.
// Source: https://github.com/istio/ztunnel/blob/master/ARCHITECTURE.md
func (w *walk) ztunnel(pod *mesh.Pod, connection envoy.Connection) {
	w.answer.Hops = append(w.answer.Hops, Hop{Kind: string(mesh.Ztunnel), Pod: pod.Title()})
	ambient := w.mesh.Ambient()
	to := connection.To
	if service := ambient.ServiceAt(to.Addr()); service != nil {
		w.toService(pod, service, connection)
		return
	}
	if workload := ambient.WorkloadAt(to.Addr()); workload != nil {
		if workload.Waypoint != nil {
			w.toWaypoint(pod, workload.Name, workload.Waypoint, connection)
			return
		}
		w.toWorkload(pod, workload, to.Port(), connection)
		return
	}
	w.connect(pod, connection, nil)
}

func (w *walk) toService(pod *mesh.Pod, service *workloadapi.Service, connection envoy.Connection) {
	if service.Waypoint != nil {
		w.toWaypoint(pod, service.Hostname, service.Waypoint, connection)
		return
	}
	if service.LoadBalancing.GetMode() == workloadapi.LoadBalancing_PASSTHROUGH {
		w.connect(pod, connection, nil)
		return
	}
	endpoints := w.mesh.Ambient().Endpoints(service, connection.To.Port())
	if len(endpoints) == 0 {
		w.end(Refused, "service %s of %s has no healthy workload for port %d", service.Hostname, service.Namespace, connection.To.Port())
		return
	}
	w.toWorkload(pod, endpoints[0].Workload, endpoints[0].Port, connection)
}

func (w *walk) toWorkload(pod *mesh.Pod, workload *workloadapi.Workload, port uint16, connection envoy.Connection) {
	if len(workload.Addresses) == 0 {
		address, err := w.lookUp(workload.Hostname)
		if err != nil {
			w.end(Failed, "%s", err)
			return
		}
		connection.To = netip.AddrPortFrom(address, port)
		w.connect(pod, connection, nil)
		return
	}
	address, _ := netip.AddrFromSlice(workload.Addresses[0])
	connection.To = netip.AddrPortFrom(address, port)
	if workload.TunnelProtocol != workloadapi.TunnelProtocol_HBONE {
		w.connect(pod, connection, nil)
		return
	}
	w.tunnel(pod, workload, connection)
}

// toWaypoint asks the waypoint of a service for what the caller asked for.
func (w *walk) toWaypoint(pod *mesh.Pod, of string, at *workloadapi.GatewayAddress, connection envoy.Connection) {
	ambient := w.mesh.Ambient()
	var service *workloadapi.Service
	if name := at.GetHostname(); name != nil {
		service = ambient.ServiceKey(name.Namespace, name.Hostname)
	} else if address, is := netip.AddrFromSlice(at.GetAddress().GetAddress()); is {
		service = ambient.ServiceAt(address)
	}
	if service == nil {
		w.end(Refused, "the waypoint of %s is not there", of)
		return
	}
	endpoints := ambient.Endpoints(service, uint16(at.GetHboneMtlsPort()))
	if len(endpoints) == 0 {
		w.end(Refused, "the waypoint %s of %s has no healthy workload", service.Hostname, of)
		return
	}
	w.tunnel(pod, endpoints[0].Workload, connection)
}

// tunnel goes to a workload by HBONE: mutual TLS, in which the connection is asked for.
func (w *walk) tunnel(from *mesh.Pod, workload *workloadapi.Workload, connection envoy.Connection) {
	if workload == nil || len(workload.Addresses) == 0 {
		w.end(Failed, "the tunnel of %s leads nowhere", from.Title())
		return
	}
	address, _ := netip.AddrFromSlice(workload.Addresses[0])
	to := netip.AddrPortFrom(address, hbone)
	pod := w.mesh.PodAt(address)
	if pod == nil {
		w.end(Failed, "nobody is at %s", to)
		return
	}
	if refusing := w.isDropped(from, pod, to); refusing != "" {
		w.end(Refused, "%s does not let %s connect to %s:%d", refusing, from.Title(), pod.Title(), hbone)
		return
	}
	if hops := w.answer.Hops; len(hops) > 0 {
		hops[len(hops)-1].To = pod.Title() + ":15008"
		hops[len(hops)-1].TLS = &TLS{Certificate: "default", Authority: "ROOTCA", Names: []string{w.mesh.Identity(pod)}}
	}
	peer := w.mesh.Identity(from)
	if pod.Proxy == mesh.Waypoint {
		config := w.mesh.Proxy(pod)
		w.through(stop{pod: pod, config: config, peer: peer}, config.Named("main_internal"), connection)
		return
	}
	w.arrived(pod, envoy.Facts{Connection: connection, Peer: peer})
}
