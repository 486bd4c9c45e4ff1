package mesh

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"
	"istio.io/istio/pilot/pkg/networking/serviceentry"
	"istio.io/istio/pkg/config/constants"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	kubegateway "sigs.k8s.io/gateway-api/apis/v1"
)

const gatewayName = "gateway.networking.k8s.io/gateway-name"

// deploy makes what istiod's deployment controller makes of a Gateway of the Gateway API, and says where the Gateway is.
func (c *cluster) deploy(gateway *kubegateway.Gateway) {
	name := gateway.Name
	switch string(gateway.Spec.GatewayClassName) {
	case constants.WaypointGatewayClassName:
	case "istio":
		name += "-istio"
	default:
		return
	}
	if len(gateway.Spec.Addresses) > 0 {
		return // somebody else's pods serve it
	}
	meta := metav1.ObjectMeta{Name: name, Namespace: gateway.Namespace, Labels: map[string]string{gatewayName: gateway.Name}}
	if gateway.Spec.Infrastructure != nil {
		for key, value := range gateway.Spec.Infrastructure.Labels {
			meta.Labels[string(key)] = string(value)
		}
	}
	if !c.hasService(gateway.Namespace, name) {
		c.services = append(c.services, serviceOf(gateway, meta))
	}
	c.workloads = append(c.workloads, workload{gateway.Namespace, name, templateOf(gateway, meta)})
	hostname := kubegateway.HostnameAddressType
	gateway.Status.Addresses = []kubegateway.GatewayStatusAddress{
		{Type: &hostname, Value: name + "." + gateway.Namespace + ".svc.cluster.local"},
	}
}

func (c *cluster) hasService(namespace, name string) bool {
	for _, service := range c.services {
		if service.Namespace == namespace && service.Name == name {
			return true
		}
	}
	return false
}

func serviceOf(gateway *kubegateway.Gateway, meta metav1.ObjectMeta) *corev1.Service {
	service := &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: *meta.DeepCopy(),
		Spec:       corev1.ServiceSpec{Selector: map[string]string{gatewayName: gateway.Name}},
	}
	for _, listener := range gateway.Spec.Listeners {
		service.Spec.Ports = append(service.Spec.Ports, corev1.ServicePort{
			Name: string(listener.Name), Port: int32(listener.Port), TargetPort: intstr.FromInt32(int32(listener.Port)),
		})
	}
	return service
}

func templateOf(gateway *kubegateway.Gateway, meta metav1.ObjectMeta) corev1.PodTemplateSpec {
	role := "router"
	if gateway.Spec.GatewayClassName == constants.WaypointGatewayClassName {
		role = "waypoint"
	}
	labels := map[string]string{"gateway.istio.io/managed": "istio.io-gateway-controller"}
	for key, value := range meta.Labels {
		labels[key] = value
	}
	return corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Labels: labels},
		Spec: corev1.PodSpec{
			ServiceAccountName: meta.Name,
			Containers:         []corev1.Container{{Name: proxyName, Args: []string{"proxy", role}}},
		},
	}
}

// classes adds the GatewayClasses that istiod makes.
func (c *cluster) classes() {
	for name, controller := range map[string]string{
		"istio":                            "istio.io/gateway-controller",
		constants.WaypointGatewayClassName: constants.ManagedGatewayMeshController,
	} {
		if slices.ContainsFunc(c.others, func(other runtime.Object) bool {
			class, is := other.(*kubegateway.GatewayClass)
			return is && class.Name == name
		}) {
			continue
		}
		c.others = append(c.others, &kubegateway.GatewayClass{
			TypeMeta:   metav1.TypeMeta{APIVersion: "gateway.networking.k8s.io/v1", Kind: "GatewayClass"},
			ObjectMeta: metav1.ObjectMeta{Name: name},
			Spec:       kubegateway.GatewayClassSpec{ControllerName: kubegateway.GatewayController(controller)},
		})
	}
}

// allocate gives hosts of ServiceEntries the virtual addresses that istiod's controller would.
// Source: pilot/pkg/controllers/ipallocate
func (c *cluster) allocate() {
	for _, entry := range c.entries {
		if len(entry.Status.Addresses) > 0 || !serviceentry.ShouldV2AutoAllocateIP(entry) {
			continue
		}
		for _, host := range entry.Spec.Hosts {
			if host[0] == '*' && entry.Spec.Resolution != networking.ServiceEntry_DYNAMIC_DNS {
				continue
			}
			address := &networking.ServiceEntryAddress{Value: c.ips.host(), Host: host}
			entry.Status.Addresses = append(entry.Status.Addresses, address)
		}
	}
}
