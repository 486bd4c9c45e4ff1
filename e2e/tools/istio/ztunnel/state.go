package main

import (
	"context"
	"log"
	"net/netip"
	"strings"
	"sync"
	"time"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/structpb"
	api "istio.io/istio/pkg/workloadapi"
)

const addressType = "type.googleapis.com/istio.workload.Address"

// state is what istiod says of the mesh's services and workloads, by the names of their resources.
type state struct {
	sync.RWMutex
	services  map[string]*api.Service
	workloads map[string]*api.Workload
	synced    bool
}

func newState() *state {
	return &state{services: map[string]*api.Service{}, workloads: map[string]*api.Workload{}}
}

// follow keeps the state up to date for good; a new istiod is asked for everything again.
func (s *state) follow(ctx context.Context, istiod *grpc.ClientConn, self pod) {
	for {
		err := s.stream(ctx, istiod, self)
		log.Printf("workload discovery: %v", err)
		time.Sleep(200 * time.Millisecond)
	}
}

func (s *state) stream(ctx context.Context, istiod *grpc.ClientConn, self pod) error {
	stream, err := discovery.NewAggregatedDiscoveryServiceClient(istiod).DeltaAggregatedResources(ctx, grpc.WaitForReady(true))
	if err != nil {
		return err
	}
	metadata, err := structpb.NewStruct(map[string]any{
		"ISTIO_VERSION": "65536.65536.65536", // the newest: what this istiod can do
		"NAMESPACE":     self.namespace,
		"CLUSTER_ID":    "Kubernetes",
	})
	if err != nil {
		return err
	}
	id := "ztunnel~" + self.address + "~" + self.name + "." + self.namespace + "~" + self.namespace + ".svc.cluster.local"
	request := &discovery.DeltaDiscoveryRequest{Node: &core.Node{Id: id, Metadata: metadata}, TypeUrl: addressType}
	for first := true; ; first = false {
		if err := stream.Send(request); err != nil {
			return err
		}
		answer, err := stream.Recv()
		if err != nil {
			return err
		}
		if err := s.apply(answer, first); err != nil {
			return err
		}
		request = &discovery.DeltaDiscoveryRequest{TypeUrl: addressType, ResponseNonce: answer.Nonce}
	}
}

func (s *state) apply(answer *discovery.DeltaDiscoveryResponse, first bool) error {
	s.Lock()
	defer s.Unlock()
	if first {
		clear(s.services)
		clear(s.workloads)
	}
	for _, resource := range answer.Resources {
		address := &api.Address{}
		if err := resource.Resource.UnmarshalTo(address); err != nil {
			return err
		}
		if service := address.GetService(); service != nil {
			s.services[resource.Name] = service
		} else {
			s.workloads[resource.Name] = address.GetWorkload()
		}
	}
	for _, name := range answer.RemovedResources {
		delete(s.services, name)
		delete(s.workloads, name)
	}
	s.synced = true
	return nil
}

// serviceAt finds the service that has a virtual address.
func (s *state) serviceAt(address netip.Addr) *api.Service {
	for _, service := range s.services {
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

// serviceNamed finds the service of a host: the caller's own namespace comes first, then the one that istiod prefers.
func (s *state) serviceNamed(host, namespace string) *api.Service {
	var found *api.Service
	for _, service := range s.services {
		if !matches(service.Hostname, host) || len(service.Addresses) == 0 {
			continue
		}
		if service.Visibility == api.Service_NAMESPACE && service.Namespace != namespace {
			continue
		}
		if found == nil || better(service, found, namespace) {
			found = service
		}
	}
	return found
}

func better(a, b *api.Service, namespace string) bool {
	if len(a.Hostname) != len(b.Hostname) {
		return len(a.Hostname) > len(b.Hostname) // a name before a wildcard, a narrow one before a wide one
	}
	if own := a.Namespace == namespace; own != (b.Namespace == namespace) {
		return own
	}
	if a.Canonical != b.Canonical {
		return a.Canonical
	}
	return a.Namespace < b.Namespace
}

func matches(pattern, host string) bool {
	if suffix, ok := strings.CutPrefix(pattern, "*"); ok {
		return strings.HasSuffix(host, suffix)
	}
	return pattern == host
}

// workloadAt finds the workload that has an address of its own.
func (s *state) workloadAt(address netip.Addr) *api.Workload {
	for _, workload := range s.workloads {
		for _, candidate := range workload.Addresses {
			if ip, _ := netip.AddrFromSlice(candidate); ip == address {
				return workload
			}
		}
	}
	return nil
}

// endpoint is a healthy workload of a service, and the port on which it serves.
type endpoint struct {
	workload *api.Workload
	port     uint32
}

func (s *state) endpoints(service *api.Service, port uint32) []endpoint {
	var found []endpoint
	for _, workload := range s.workloads {
		ports, ok := workload.Services[service.Namespace+"/"+service.Hostname]
		if !ok || workload.Status != api.WorkloadStatus_HEALTHY {
			continue
		}
		for _, candidate := range ports.Ports {
			if candidate.ServicePort == port {
				found = append(found, endpoint{workload, candidate.TargetPort})
			}
		}
	}
	return found
}
