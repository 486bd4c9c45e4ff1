package follow

import (
	"net/netip"
	"strconv"
	"strings"

	"cdk8s-istio-egress-engine/internal/envoy"
	"cdk8s-istio-egress-engine/internal/mesh"
)

func portOf(port uint16) string { return strconv.Itoa(int(port)) }

// hbone is the port on which workloads of ambient meshes and waypoints take tunnels.
const hbone = 15008

// connect goes from a pod to an address, past everything that takes calls over: to a Service, to a pod, or out.
func (w *walk) connect(from *mesh.Pod, connection envoy.Connection, expected *envoy.Origination) {
	if service := w.mesh.ServiceAt(connection.To.Addr()); service != nil {
		endpoints := w.mesh.Endpoints(service, connection.To.Port())
		if len(endpoints) == 0 {
			w.end(Refused, "Service %s/%s has nobody behind port %d", service.Namespace, service.Name, connection.To.Port())
			return
		}
		connection.To = endpoints[0]
	}
	pod := w.mesh.PodAt(connection.To.Addr())
	if refusing := w.isDropped(from, pod, connection.To); refusing != "" {
		w.end(Refused, "%s does not let %s connect to %s:%d", refusing, from.Title(), w.nameOf(connection.To.Addr()), connection.To.Port())
		return
	}
	if pod == nil {
		w.leave(from, connection, expected)
		return
	}
	w.arrive(pod, connection, expected)
}

// arrive comes to a pod from the network.
func (w *walk) arrive(pod *mesh.Pod, connection envoy.Connection, expected *envoy.Origination) {
	if pod.Proxy == mesh.None || pod.Proxy == mesh.Ztunnel {
		w.arrived(pod, envoy.Facts{Connection: connection})
		return
	}
	config := w.mesh.Proxy(pod)
	at := stop{pod: pod, config: config, expected: expected}
	if pod.Proxy == mesh.Sidecar {
		at.inbound = true
		w.through(at, config.Inbound(), connection)
		return
	}
	w.through(at, config.ListenerAt(connection.To), connection)
}

// arrived ends at a workload.
func (w *walk) arrived(pod *mesh.Pod, facts envoy.Facts) {
	w.answer.Arrives = &Arrival{Host: pod.Title(), Port: facts.To.Port(), Pod: pod.Title(), Identity: facts.Peer, Encryption: "none"}
	w.describeRequest(facts.Stream)
	w.end(Allowed, "reaches the workload %s", pod.Title())
}

// leave ends outside the mesh.
func (w *walk) leave(from *mesh.Pod, connection envoy.Connection, by *envoy.Origination) {
	host := w.nameOf(connection.To.Addr())
	if by != nil {
		if missing := unproven(by, connection.TLS.ServerName, host); missing != "" {
			w.status(Failed, 503, "%s accepts from %s only a certificate %s, which no server there has", from.Title(), host, missing)
			return
		}
	}
	arrival := &Arrival{Outside: true, Host: host, Port: connection.To.Port(), From: from.Title(), Encryption: "none"}
	w.answer.Arrives = arrival
	switch {
	case by != nil:
		arrival.Encryption = "exit"
		arrival.ServerName = connection.TLS.ServerName
		arrival.Verified = by.Authority != "" && len(w.answer.Hops[len(w.answer.Hops)-1].TLS.Names) > 0
	case connection.TLS != nil:
		arrival.Encryption = "caller"
		arrival.ServerName = connection.TLS.ServerName
	}
	w.describeRequest(connection.Stream)
	w.end(Allowed, "leaves to %s:%d from %s", host, connection.To.Port(), from.Title())
}

// unproven says which certificate a proxy asks for that a server outside cannot have: one of the mesh, or one of another name than it is
// called by. A server is taken to have one for the name that it is asked for.
func unproven(by *envoy.Origination, serverName, host string) string {
	if by.Authority == "ROOTCA" {
		return "of the mesh"
	}
	if len(by.Names) == 0 || by.Authority == "" {
		return ""
	}
	for _, name := range []string{serverName, host} {
		_, parent, _ := strings.Cut(name, ".")
		if by.Verifies(name) || by.Verifies("*."+parent) {
			return ""
		}
	}
	return "for " + by.Names[0].Text
}

// describeRequest says what arrives of a request, as far as a proxy may read it.
func (w *walk) describeRequest(stream envoy.Stream) {
	if stream.TLS != nil && w.answer.Arrives.Encryption == "exit" {
		stream = stream.TLS.Inside
	}
	if request := stream.HTTP; request != nil {
		w.answer.Arrives.Authority, w.answer.Arrives.Method, w.answer.Arrives.Target = request.Authority, request.Method, request.Target
	}
}

// internal goes on to a listener of the same proxy: the beginning of a tunnel to a workload of an ambient mesh.
func (w *walk) internal(at stop, target envoy.Target, next envoy.Connection) {
	to, err := netip.ParseAddrPort(target.Tunnel)
	if err != nil {
		w.end(Depends, "the call goes on to the listener %s of %s", target.Internal, at.pod.Title())
		return
	}
	if target.TLS != nil {
		hop := &w.answer.Hops[len(w.answer.Hops)-1]
		next.Stream = w.originate(at, hop, target.TLS, envoy.Options{}, next.Stream)
	}
	next.To = to
	w.tunnel(at.pod, w.mesh.Ambient().WorkloadAt(to.Addr()), next)
}
