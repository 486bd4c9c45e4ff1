// Package inventory lists who reaches what: every caller that manifests know, and every destination that its proxy does.
package inventory

import (
	"fmt"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync"

	"cdk8s-istio-egress-engine/internal/follow"
	"cdk8s-istio-egress-engine/internal/mesh"
)

// Row is a caller and a destination outside that it reaches.
type Row struct {
	// Caller is `namespace/workload or service account`; a star stands for everybody of the namespace who is not named.
	Caller string `json:"caller"`
	// Host is a name, a wildcard, or a star for hosts that the mesh does not know.
	Host string `json:"host"`
	Port uint16 `json:"port"`
	// Speaks is what the caller sends: http, tls or tcp.
	Speaks string `json:"speaks"`
	// Access is `all`, or `some` where rules let certain requests pass only, or `depends`.
	Access string `json:"access"`
	// Call is one that goes this way, and Answer what becomes of it: where it leaves from, where it ends, and who decided.
	Call   follow.Call   `json:"call"`
	Answer follow.Answer `json:"answer"`
	// Notes are what the objects that lead there say of their owner, reason, ticket and end, by the last part of the annotation's name.
	Notes map[string]string `json:"notes,omitempty"`
}

// List asks for every caller that a mesh was built for, and every destination that its proxy knows.
func List(of *mesh.Mesh) []Row {
	callers, probes := of.Callers(), of.Requests()
	rows := make([][]Row, len(callers))
	var wait sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			walker := follow.NewWalker(of, nil, false)
			for index := range next {
				pod := of.PodOf(callers[index])
				if pod == nil || pod.Proxy == mesh.Gateway || pod.Proxy == mesh.Waypoint {
					continue
				}
				for _, destination := range of.Destinations(pod) {
					if row, reaches := ask(walker, callers[index], destination, probes[destination.Host]); reaches {
						row.Notes = notesOf(of, callers[index], row)
						rows[index] = append(rows[index], row)
					}
				}
			}
		})
	}
	for index := range callers {
		next <- index
	}
	close(next)
	wait.Wait()
	return slices.Concat(rows...)
}

// notes are the names of annotations that inventories show.
var notes = []string{"owner", "reason", "ticket", "expires"}

// notesOf reads them from the first object that says something: what the caller's namespace says of the host, then what decided on the way.
// An object that several share says what all of them say, so they are not put together from several objects.
func notesOf(of *mesh.Mesh, caller mesh.Caller, row Row) map[string]string {
	objects := slices.Clone(of.Naming(caller.Namespace, row.Host)) // all callers of the namespace are given the same
	for _, hop := range row.Answer.Hops {
		for _, reference := range hop.Decided {
			objects = append(objects, reference.Object)
		}
	}
	for _, object := range objects {
		found := map[string]string{}
		for _, note := range notes {
			if value := of.Sources[object].Annotations["cdk8s-istio-egress/"+note]; value != "" {
				found[note] = value
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// ask makes the plainest call, and those that policies name for the host.
func ask(walker *follow.Walker, caller mesh.Caller, to mesh.Destination, named []mesh.Request) (Row, bool) {
	name := to.Host
	switch {
	case name == "*":
		name = "undeclared.example"
	case strings.HasPrefix(name, "*."):
		name = "any" + name[1:]
	}
	row := Row{Caller: caller.Namespace + "/" + caller.Name, Host: to.Host, Port: to.Port, Speaks: to.Speaks}
	if caller.Name == mesh.Others {
		row.Caller = caller.Namespace + "/*"
	}
	scheme := map[string]string{"http": "http", "tls": "https", "tcp": "tcp"}[to.Speaks]
	call := follow.Call{From: caller.Namespace + "/" + caller.Name, URL: fmt.Sprintf("%s://%s:%d/", scheme, name, to.Port)}
	if to.Address != "" && to.Speaks == "tcp" {
		call.URL = "tcp://" + netip.AddrPortFrom(netip.MustParseAddr(to.Address), to.Port).String() + "/"
	} else if to.Address != "" {
		call.ConnectTo = &follow.Place{Host: to.Address, Port: to.Port}
	}
	passed, asked := 0, 0
	depends := false
	try := func(call follow.Call) {
		asked++
		said := walker.Follow(call)
		if said.Arrives == nil || !said.Arrives.Outside || (said.Verdict != follow.Allowed && said.Verdict != follow.Depends) {
			return
		}
		passed++
		depends = depends || said.Verdict == follow.Depends
		if passed == 1 {
			row.Call, row.Answer = call, said
		}
	}
	try(call)
	if to.Speaks == "http" {
		for _, request := range named {
			its := call
			its.Method, its.Target = request.Method, request.Path
			try(its)
		}
	}
	if passed == 0 {
		return row, false
	}
	switch {
	case depends:
		row.Access = "depends"
	case passed < asked:
		row.Access = "some"
	default:
		row.Access = "all"
	}
	return row, true
}
