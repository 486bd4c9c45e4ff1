package mesh

import (
	corev1 "k8s.io/api/core/v1"
)

// Proxy is what takes over the calls of a pod.
type Proxy string

// What may stand in or beside a pod. A gateway's and a waypoint's pod is a proxy and nothing else.
const (
	None     Proxy = "none"
	Sidecar  Proxy = "sidecar"
	Gateway  Proxy = "gateway"
	Waypoint Proxy = "waypoint"
	Ztunnel  Proxy = "ztunnel"
)

// Pod is a pod of the mesh, one for each workload.
type Pod struct {
	*corev1.Pod
	Proxy Proxy
	// Workload is the name of what makes the pod.
	Workload string
	// Assumed is set where the manifests hold no such workload.
	Assumed bool
}

// Account is the pod's service account.
func (p *Pod) Account() string { return accountOf(p.Spec) }

// Title names a pod for a reader: by what makes it.
func (p *Pod) Title() string { return p.Namespace + "/" + p.Workload }

const (
	dataplaneMode = "istio.io/dataplane-mode"
	injection     = "sidecar.istio.io/inject"
	proxyName     = "istio-proxy"
)

// proxyOf decides as Istio's webhook and CNI agent do.
// Source: https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#controlling-the-injection-policy
func proxyOf(pod *corev1.Pod, namespace *corev1.Namespace) Proxy {
	for _, container := range append(pod.Spec.InitContainers, pod.Spec.Containers...) {
		if container.Name == proxyName && len(container.Args) > 1 && container.Args[0] == "proxy" {
			switch container.Args[1] {
			case "router":
				return Gateway
			case "waypoint":
				return Waypoint
			}
			return Sidecar
		}
	}
	switch {
	case isInjected(pod, namespace):
		if pod.Annotations["inject.istio.io/templates"] == "gateway" {
			return Gateway
		}
		return Sidecar
	case isEnrolled(pod, namespace):
		return Ztunnel
	}
	return None
}

func isInjected(pod *corev1.Pod, namespace *corev1.Namespace) bool {
	switch pod.Labels[injection] {
	case "true":
		return true
	case "false":
		return false
	}
	if namespace.Labels["istio-injection"] != "" {
		return namespace.Labels["istio-injection"] == "enabled"
	}
	return namespace.Labels["istio.io/rev"] != "" || pod.Labels["istio.io/rev"] != ""
}

func isEnrolled(pod *corev1.Pod, namespace *corev1.Namespace) bool {
	mode, own := pod.Labels[dataplaneMode]
	if !own {
		mode = namespace.Labels[dataplaneMode]
	}
	return mode == "ambient" && !pod.Spec.HostNetwork
}
