package main

import (
	"sync"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
)

const (
	clusters  = "type.googleapis.com/envoy.config.cluster.v3.Cluster"
	endpoints = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment"
	listeners = "type.googleapis.com/envoy.config.listener.v3.Listener"
	routes    = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration"
)

// names holds, by type, the resources that clusters and listeners refer to, and tells all clients of new ones.
type names struct {
	mutex   sync.Mutex
	known   map[string]map[string]bool
	clients []func(kind string, names []string)
}

func (n *names) join(subscribe func(kind string, names []string)) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.clients = append(n.clients, subscribe)
	for kind, known := range n.known {
		all := make([]string, 0, len(known))
		for name := range known {
			all = append(all, name)
		}
		subscribe(kind, all)
	}
}

func (n *names) learn(kind string, found []string) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if n.known[kind] == nil {
		n.known[kind] = map[string]bool{}
	}
	var fresh []string
	for _, name := range found {
		if !n.known[kind][name] {
			n.known[kind][name] = true
			fresh = append(fresh, name)
		}
	}
	if len(fresh) == 0 {
		return
	}
	for _, subscribe := range n.clients {
		subscribe(kind, fresh)
	}
}

// read learns what a response refers to.
func (n *names) read(response *discovery.DeltaDiscoveryResponse) error {
	var found []string
	for _, resource := range response.Resources {
		switch response.TypeUrl {
		case clusters:
			made := &cluster.Cluster{}
			if err := resource.Resource.UnmarshalTo(made); err != nil {
				return err
			}
			if made.GetType() == cluster.Cluster_EDS {
				name := made.GetEdsClusterConfig().GetServiceName()
				if name == "" {
					name = made.Name
				}
				found = append(found, name)
			}
		case listeners:
			made := &listener.Listener{}
			if err := resource.Resource.UnmarshalTo(made); err != nil {
				return err
			}
			chains := made.FilterChains
			if made.DefaultFilterChain != nil {
				chains = append(chains, made.DefaultFilterChain)
			}
			for _, chain := range chains {
				for _, filter := range chain.Filters {
					manager := &hcm.HttpConnectionManager{}
					if filter.GetTypedConfig().MessageIs(manager) {
						if err := filter.GetTypedConfig().UnmarshalTo(manager); err != nil {
							return err
						}
						if name := manager.GetRds().GetRouteConfigName(); name != "" {
							found = append(found, name)
						}
					}
				}
			}
		}
	}
	switch response.TypeUrl {
	case clusters:
		n.learn(endpoints, found)
	case listeners:
		n.learn(routes, found)
	}
	return nil
}
