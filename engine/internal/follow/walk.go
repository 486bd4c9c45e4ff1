package follow

import (
	"fmt"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"cdk8s-istio-egress-engine/internal/envoy"
	"cdk8s-istio-egress-engine/internal/mesh"
)

// Walker answers questions about calls in one mesh.
type Walker struct {
	mesh *mesh.Mesh
	// Outside are the addresses that names have outside the mesh, where they are known.
	outside map[string]netip.Addr
	names   map[netip.Addr]string
	// closed is set where no other name exists outside.
	closed bool
}

// NewWalker takes what DNS outside the mesh says, which no manifest tells; a name that is not there gets an address of its own.
// Closed says that there are no others.
func NewWalker(of *mesh.Mesh, outside map[string]netip.Addr, closed bool) *Walker {
	walker := &Walker{mesh: of, outside: map[string]netip.Addr{}, names: map[netip.Addr]string{}, closed: closed}
	for _, name := range slices.Sorted(maps.Keys(outside)) {
		address := outside[name]
		walker.outside[name] = address
		walker.names[address] = name
	}
	return walker
}

// walk is one call on its way.
type walk struct {
	*Walker
	answer Answer
	passed int
	// depends is what the verdict depends on, if a proxy on the way leaves it open.
	depends string
}

// mostHops ends calls that go round in circles.
const mostHops = 12

// Follow answers what becomes of a call.
func (w *Walker) Follow(call Call) Answer {
	its := &walk{Walker: w, answer: Answer{Hops: []Hop{}}}
	if err := its.start(call); err != nil {
		its.end(Failed, "%s", err)
	}
	if its.depends != "" && its.answer.Verdict == Allowed {
		its.answer.Verdict = Depends
		its.answer.Reason = "depends on " + its.depends + "; otherwise " + its.answer.Reason
	}
	return its.answer
}

func (w *walk) end(verdict Verdict, reason string, arguments ...any) {
	if w.answer.Verdict != "" {
		return
	}
	w.answer.Verdict, w.answer.Reason = verdict, fmt.Sprintf(reason, arguments...)
}

// status ends a call with what a proxy answers.
func (w *walk) status(verdict Verdict, status int, reason string, arguments ...any) {
	w.end(verdict, reason, arguments...)
	w.answer.Status = status
}

func (w *walk) assume(what string, arguments ...any) {
	text := fmt.Sprintf(what, arguments...)
	for _, known := range w.answer.Assumptions {
		if known == text {
			return
		}
	}
	w.answer.Assumptions = append(w.answer.Assumptions, text)
}

func (w *walk) start(call Call) error {
	caller, err := CallerOf(call.From)
	if err != nil {
		return err
	}
	pod := w.mesh.PodOf(caller)
	if pod == nil {
		return fmt.Errorf("no workload and no service account %s is known", call.From)
	}
	to, port, stream, err := streamOf(call)
	if err != nil {
		return err
	}
	if pod.Assumed {
		w.assume("%s is a workload with a %s: the manifests hold no workload of that name", call.From, pod.Proxy)
	}
	address, err := w.resolve(pod, to)
	if err != nil {
		w.status(Refused, 0, "%s", err)
		return nil
	}
	connection := envoy.Connection{From: addressOf(pod), To: netip.AddrPortFrom(address, port), Stream: stream}
	switch pod.Proxy {
	case mesh.Sidecar:
		w.outbound(pod, connection)
	case mesh.Ztunnel:
		w.ztunnel(pod, connection)
	default:
		w.connect(pod, connection, nil)
	}
	return nil
}

// CallerOf reads `namespace/name`.
func CallerOf(text string) (mesh.Caller, error) {
	namespace, name, found := strings.Cut(text, "/")
	if !found || namespace == "" || name == "" || strings.Contains(name, "/") {
		return mesh.Caller{}, fmt.Errorf("a caller is `namespace/workload` or `namespace/service account`, not %q", text)
	}
	return mesh.Caller{Namespace: namespace, Name: name}, nil
}

// streamOf reads where a call goes and what it sends.
func streamOf(call Call) (host string, port uint16, stream envoy.Stream, err error) {
	its, err := url.Parse(call.URL)
	if err != nil || its.Hostname() == "" {
		return "", 0, stream, fmt.Errorf("%q is no URL", call.URL)
	}
	host = its.Hostname()
	port, isTLS, isHTTP := uint16(80), false, true
	switch its.Scheme {
	case "http", "ws", "grpc":
	case "https", "wss", "grpcs":
		port, isTLS = 443, true
	case "tls":
		port, isTLS, isHTTP = 443, true, false
	case "tcp":
		port, isHTTP = 0, false
	default:
		return "", 0, stream, fmt.Errorf("%q: the scheme is http, https, ws, wss, grpc, grpcs, tcp or tls", call.URL)
	}
	written := its.Port()
	if written != "" {
		number, err := strconv.ParseUint(written, 10, 16)
		if err != nil {
			return "", 0, stream, fmt.Errorf("%q has no port", call.URL)
		}
		port = uint16(number)
	}
	if port == 0 {
		return "", 0, stream, fmt.Errorf("%q needs a port", call.URL)
	}
	if isHTTP {
		stream.HTTP = requestOf(call, its)
	}
	if isTLS {
		tls := &envoy.TLS{ServerName: host, Inside: stream, ALPN: []string{"http/1.1"}}
		if call.SNI != nil {
			tls.ServerName = *call.SNI
		}
		if !isHTTP {
			tls.ALPN = nil
		} else if call.HTTP == "2" || strings.HasPrefix(its.Scheme, "grpc") {
			tls.ALPN = []string{"h2"}
		}
		if net.ParseIP(tls.ServerName) != nil {
			tls.ServerName = ""
		}
		stream = envoy.Stream{TLS: tls}
	}
	if call.ConnectTo != nil {
		host = call.ConnectTo.Host
		if call.ConnectTo.Port != 0 {
			port = call.ConnectTo.Port
		}
	}
	return host, port, stream, nil
}

func requestOf(call Call, its *url.URL) *envoy.Request {
	request := &envoy.Request{Method: call.Method, Authority: its.Host, Target: call.Target, Headers: envoy.Headers{}, Version: 1}
	// A client leaves out the port that its scheme has by itself.
	if (its.Port() == "80" && its.Scheme == "http") || (its.Port() == "443" && its.Scheme == "https") {
		request.Authority = its.Hostname()
	}
	if request.Method == "" {
		request.Method = "GET"
	}
	if request.Target == "" {
		request.Target = its.EscapedPath()
		if request.Target == "" {
			request.Target = "/"
		}
		if its.RawQuery != "" {
			request.Target += "?" + its.RawQuery
		}
	}
	if call.HTTP == "2" || strings.HasPrefix(its.Scheme, "grpc") {
		request.Version = 2
	}
	for name, value := range call.Headers {
		if strings.EqualFold(name, "host") {
			request.Authority = value
			continue
		}
		request.Headers[strings.ToLower(name)] = []string{value}
	}
	for _, line := range call.Lines {
		name := strings.ToLower(line[0])
		if name == "host" && request.Version == 1 {
			if request.Authority != "" {
				request.Authority += "," // as Envoy joins what is said twice
			}
			request.Authority += line[1]
			continue
		}
		request.Headers[name] = append(request.Headers[name], line[1])
	}
	return request
}

func addressOf(pod *mesh.Pod) netip.Addr {
	address, _ := netip.ParseAddr(pod.Status.PodIP)
	return address
}

// resolve answers a pod's question for a name: its proxy, the cluster's DNS, then DNS outside.
func (w *walk) resolve(pod *mesh.Pod, host string) (netip.Addr, error) {
	if address, err := netip.ParseAddr(host); err == nil {
		return address, nil
	}
	switch pod.Proxy {
	case mesh.Sidecar:
		if found := w.mesh.Proxy(pod).Resolve(host); len(found) > 0 {
			return found[0], nil
		}
	case mesh.Ztunnel:
		if service := w.mesh.Ambient().ServiceNamed(strings.ToLower(host), pod.Namespace); service != nil {
			for _, one := range service.Addresses {
				if address, is := netip.AddrFromSlice(one.Address); is && address.Is4() {
					return address, nil
				}
			}
		}
	}
	if service := w.mesh.ServiceNamed(host, pod.Namespace); service != nil {
		if address, err := netip.ParseAddr(service.Spec.ClusterIP); err == nil {
			return address, nil
		}
		if service.Spec.ExternalName != "" {
			return w.outsideAddress(service.Spec.ExternalName)
		}
		for _, port := range service.Spec.Ports {
			if endpoints := w.mesh.Endpoints(service, uint16(port.Port)); len(endpoints) > 0 {
				return endpoints[0].Addr(), nil
			}
		}
		return netip.Addr{}, fmt.Errorf("Service %s/%s has no endpoints", service.Namespace, service.Name)
	}
	return w.outsideAddress(host)
}

func (w *Walker) outsideAddress(host string) (netip.Addr, error) {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if known, is := w.outside[host]; is {
		return known, nil
	}
	if _, parent, more := strings.Cut(host, "."); more {
		if known, is := w.outside["*."+parent]; is {
			return known, nil
		}
	}
	if w.closed {
		return netip.Addr{}, fmt.Errorf("no name %s exists", host)
	}
	number := len(w.outside)
	address := netip.AddrFrom4([4]byte{198, 18, byte(number / 250), byte(number%250 + 1)})
	w.outside[host] = address
	w.names[address] = host
	return address, nil
}

// nameOf an address outside: what was looked up for it.
func (w *walk) nameOf(address netip.Addr) string {
	if name, known := w.names[address]; known {
		return name
	}
	return address.String()
}
