package mesh

import (
	"fmt"
	"maps"
	"slices"

	clientnetworking "istio.io/client-go/pkg/apis/networking/v1"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	kubegateway "sigs.k8s.io/gateway-api/apis/v1"

	"cdk8s-istio-egress-engine/internal/input"
)

// cluster is what Kubernetes would hold: the manifests, and what its controllers and Istio's make of them.
type cluster struct {
	namespaces map[string]*corev1.Namespace
	services   []*corev1.Service
	pods       []*corev1.Pod
	workloads  []workload
	slices     []*discoveryv1.EndpointSlice
	entries    []*clientnetworking.ServiceEntry
	gateways   []*kubegateway.Gateway
	policies   []*networkingv1.NetworkPolicy
	others     []runtime.Object
	// made names pods' workloads, by namespace and name of the pod.
	made map[string]string
	ips  addresses
}

// workload is what makes pods.
type workload struct {
	namespace, name string
	template        corev1.PodTemplateSpec
}

func newCluster() *cluster {
	return &cluster{
		namespaces: map[string]*corev1.Namespace{},
		made:       map[string]string{},
		ips:        newAddresses(),
	}
}

// add takes a decoded object.
func (c *cluster) add(object runtime.Object) {
	switch it := object.(type) {
	case *corev1.Namespace:
		c.namespaces[it.Name] = it
	case *corev1.Service:
		c.services = append(c.services, it)
	case *corev1.Pod:
		c.pods = append(c.pods, it)
	case *corev1.Secret: // nothing on the way of a call asks for one
	case *appsv1.Deployment:
		c.workloads = append(c.workloads, workload{it.Namespace, it.Name, it.Spec.Template})
	case *appsv1.StatefulSet:
		c.workloads = append(c.workloads, workload{it.Namespace, it.Name, it.Spec.Template})
	case *appsv1.DaemonSet:
		c.workloads = append(c.workloads, workload{it.Namespace, it.Name, it.Spec.Template})
	case *batchv1.Job:
		c.workloads = append(c.workloads, workload{it.Namespace, it.Name, it.Spec.Template})
	case *batchv1.CronJob:
		c.workloads = append(c.workloads, workload{it.Namespace, it.Name, it.Spec.JobTemplate.Spec.Template})
	case *discoveryv1.EndpointSlice:
		c.slices = append(c.slices, it)
	case *networkingv1.NetworkPolicy:
		c.policies = append(c.policies, it)
	case *clientnetworking.ServiceEntry:
		c.entries = append(c.entries, it)
	case *kubegateway.Gateway:
		c.gateways = append(c.gateways, it)
	default:
		c.others = append(c.others, object)
	}
}

// complete adds what controllers would: namespaces' labels, pods of workloads, addresses, endpoints.
func (c *cluster) complete(objects []input.Object) {
	for _, object := range objects {
		c.namespace(object.Namespace)
	}
	for name, namespace := range c.namespaces {
		if namespace.Labels == nil {
			namespace.Labels = map[string]string{}
		}
		namespace.Labels["kubernetes.io/metadata.name"] = name
	}
	for _, service := range c.services {
		c.ips.take(service.Spec.ClusterIP)
	}
	for _, pod := range c.pods {
		c.ips.take(pod.Status.PodIP)
	}
	for _, gateway := range c.gateways {
		c.deploy(gateway)
	}
	c.classes()
	c.makePods()
	for _, service := range c.services {
		c.serve(service)
	}
	c.allocate()
}

// namespace answers with a namespace, which is made where no manifest does.
func (c *cluster) namespace(name string) *corev1.Namespace {
	if c.namespaces[name] == nil && name != "" {
		c.namespaces[name] = &corev1.Namespace{
			TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Namespace"},
			ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"kubernetes.io/metadata.name": name}},
		}
	}
	return c.namespaces[name]
}

// makePods makes one pod for each workload of which none is there.
func (c *cluster) makePods() {
	for _, workload := range c.workloads {
		selected := labels.SelectorFromSet(workload.template.Labels)
		if workload.template.Labels == nil || !c.matchPods(workload, selected) {
			c.pods = append(c.pods, c.podOf(workload))
			c.made[workload.namespace+"/"+workload.name] = workload.name
		}
	}
	for _, pod := range c.pods {
		if pod.Status.PodIP == "" {
			c.start(pod)
		}
	}
}

func (c *cluster) matchPods(workload workload, selector labels.Selector) bool {
	found := false
	for _, pod := range c.pods {
		if pod.Namespace == workload.namespace && selector.Matches(labels.Set(pod.Labels)) {
			c.made[pod.Namespace+"/"+pod.Name] = workload.name
			found = true
		}
	}
	return found
}

func (c *cluster) podOf(workload workload) *corev1.Pod {
	pod := &corev1.Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: *workload.template.ObjectMeta.DeepCopy(),
		Spec:       *workload.template.Spec.DeepCopy(),
	}
	pod.Name, pod.Namespace = workload.name, workload.namespace
	return pod
}

// start gives a pod what the kubelet says of one that is ready.
func (c *cluster) start(pod *corev1.Pod) {
	pod.Status.Phase = corev1.PodRunning
	pod.Status.PodIP = c.ips.pod()
	pod.Status.PodIPs = []corev1.PodIP{{IP: pod.Status.PodIP}}
	pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
}

// serve gives a Service its address, and endpoints where none are written.
func (c *cluster) serve(service *corev1.Service) {
	spec := &service.Spec
	if spec.Type == corev1.ServiceTypeExternalName {
		return
	}
	if spec.ClusterIP == "" {
		spec.ClusterIP = c.ips.service()
	}
	if len(spec.ClusterIPs) == 0 {
		spec.ClusterIPs = []string{spec.ClusterIP}
	}
	for index, port := range spec.Ports {
		if port.Protocol == "" {
			spec.Ports[index].Protocol = corev1.ProtocolTCP
		}
		if port.TargetPort.IntValue() == 0 && port.TargetPort.StrVal == "" {
			spec.Ports[index].TargetPort.IntVal = port.Port
		}
	}
	written := slices.ContainsFunc(c.slices, func(slice *discoveryv1.EndpointSlice) bool {
		return slice.Namespace == service.Namespace && slice.Labels[discoveryv1.LabelServiceName] == service.Name
	})
	if len(spec.Selector) > 0 && !written {
		c.slices = append(c.slices, c.sliceOf(service))
	}
}

func (c *cluster) sliceOf(service *corev1.Service) *discoveryv1.EndpointSlice {
	slice := &discoveryv1.EndpointSlice{
		TypeMeta: metav1.TypeMeta{APIVersion: "discovery.k8s.io/v1", Kind: "EndpointSlice"},
		ObjectMeta: metav1.ObjectMeta{
			Name: service.Name, Namespace: service.Namespace,
			Labels: map[string]string{discoveryv1.LabelServiceName: service.Name},
		},
		AddressType: discoveryv1.AddressTypeIPv4,
	}
	selector := labels.SelectorFromSet(service.Spec.Selector)
	var first *corev1.Pod
	for _, pod := range c.pods {
		if pod.Namespace != service.Namespace || !selector.Matches(labels.Set(pod.Labels)) {
			continue
		}
		first = pod
		ready := true
		slice.Endpoints = append(slice.Endpoints, discoveryv1.Endpoint{
			Addresses:  []string{pod.Status.PodIP},
			Conditions: discoveryv1.EndpointConditions{Ready: &ready},
			TargetRef:  &corev1.ObjectReference{Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name},
		})
	}
	for _, port := range service.Spec.Ports {
		name, protocol, number := port.Name, port.Protocol, targetPort(first, port)
		slice.Ports = append(slice.Ports, discoveryv1.EndpointPort{Name: &name, Protocol: &protocol, Port: &number})
	}
	return slice
}

// targetPort is the pod's port behind a Service's.
func targetPort(pod *corev1.Pod, port corev1.ServicePort) int32 {
	if port.TargetPort.StrVal == "" {
		return port.TargetPort.IntVal
	}
	if pod != nil {
		for _, container := range pod.Spec.Containers {
			for _, named := range container.Ports {
				if named.Name == port.TargetPort.StrVal {
					return named.ContainerPort
				}
			}
		}
	}
	return port.Port
}

// objects is everything that a client of Kubernetes finds.
func (c *cluster) objects() []runtime.Object {
	all := slices.Clone(c.others)
	for _, name := range slices.Sorted(maps.Keys(c.namespaces)) {
		all = append(all, c.namespaces[name])
	}
	return slices.Concat(all, list(c.services), list(c.pods), list(c.slices), list(c.entries), list(c.gateways))
}

func list[T runtime.Object](items []T) []runtime.Object {
	all := make([]runtime.Object, len(items))
	for index, item := range items {
		all[index] = item
	}
	return all
}

// addresses gives out addresses that nobody has.
type addresses struct {
	taken                 map[string]bool
	pods, services, hosts int
}

func newAddresses() addresses { return addresses{taken: map[string]bool{}} }

func (a *addresses) take(address string) { a.taken[address] = true }

func (a *addresses) next(prefix string, counter *int) string {
	for {
		*counter++
		address := fmt.Sprintf("%s.%d.%d", prefix, *counter/250, *counter%250+1)
		if !a.taken[address] {
			a.taken[address] = true
			return address
		}
	}
}

func (a *addresses) pod() string     { return a.next("10.244", &a.pods) }
func (a *addresses) service() string { return a.next("10.96", &a.services) }
func (a *addresses) host() string    { return a.next("240.240", &a.hosts) }
