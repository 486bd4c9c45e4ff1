package mesh

import (
	"net/netip"

	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/xds/endpoints"
	"istio.io/istio/pilot/test/xdstest"
	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/util/protomarshal"

	"cdk8s-istio-egress-engine/internal/envoy"
)

// IstioVersion is what proxies say of themselves; istiod has features only for newer ones.
const IstioVersion = "1.31.1"

// Proxy is the configuration that istiod gives to the proxy of a pod.
func (m *Mesh) Proxy(pod *Pod) *envoy.Proxy {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if known := m.proxies[pod]; known != nil {
		return known
	}
	proxy := m.istiod.SetupProxy(m.node(pod))
	listeners := m.istiod.Listeners(proxy)
	its := envoy.NewProxy(listeners, m.istiod.RoutesFromListeners(proxy, listeners), m.istiod.Clusters(proxy))
	push := m.istiod.PushContext()
	for _, name := range xdstest.ExtractEdsClusterNames(its.Clusters()) {
		builder := endpoints.NewEndpointBuilder(name, proxy, push)
		its.AddEndpoints(name, builder.BuildClusterLoadAssignment(m.istiod.Discovery.Env.EndpointIndex))
	}
	if m.answersDNS(pod) {
		for host, info := range m.istiod.ConfigGen.BuildNameTable(proxy, push).GetTable() {
			for _, ip := range info.Ips {
				if address, err := netip.ParseAddr(ip); err == nil {
					its.AddName(host, address)
				}
			}
		}
	}
	m.proxies[pod] = its
	return its
}

func (m *Mesh) node(pod *Pod) *model.Proxy {
	kind := model.SidecarProxy
	switch pod.Proxy {
	case Gateway:
		kind = model.Router
	case Waypoint:
		kind = model.Waypoint
	}
	labels := map[string]string{}
	for key, value := range pod.Labels {
		labels[key] = value
	}
	return &model.Proxy{
		Type:            kind,
		ID:              pod.Name + "." + pod.Namespace,
		ConfigNamespace: pod.Namespace,
		IPAddresses:     []string{pod.Status.PodIP},
		Labels:          labels,
		DNSDomain:       pod.Namespace + ".svc.cluster.local",
		Metadata: &model.NodeMetadata{
			Namespace:      pod.Namespace,
			Labels:         labels,
			Annotations:    pod.Annotations,
			ServiceAccount: pod.Account(),
			ClusterID:      "Kubernetes",
			IstioVersion:   IstioVersion,
			DNSCapture:     model.StringBool(m.answersDNS(pod)),
			ProxyConfig:    (*model.NodeMetaProxyConfig)(m.Config.DefaultConfig),
		},
	}
}

// answersDNS tells whether a sidecar answers its application's questions for names.
// Source: https://istio.io/latest/docs/ops/configuration/traffic-management/dns-proxy/
func (m *Mesh) answersDNS(pod *Pod) bool {
	const key = "ISTIO_META_DNS_CAPTURE"
	if pod.Proxy != Sidecar {
		return false
	}
	if text := pod.Annotations["proxy.istio.io/config"]; text != "" {
		own := mesh.DefaultProxyConfig()
		if err := protomarshal.ApplyYAML(text, own); err == nil && own.ProxyMetadata[key] != "" {
			return own.ProxyMetadata[key] == "true"
		}
	}
	return m.Config.GetDefaultConfig().GetProxyMetadata()[key] == "true"
}
