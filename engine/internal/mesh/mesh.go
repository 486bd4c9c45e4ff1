// Package mesh gives manifests to istiod's own generator, and asks it what the proxies get.
package mesh

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"time"

	meshconfig "istio.io/api/mesh/v1alpha1"
	clientnetworking "istio.io/client-go/pkg/apis/networking/v1"
	"istio.io/istio/pilot/test/xds"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/log"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"cdk8s-istio-egress-engine/internal/envoy"
	"cdk8s-istio-egress-engine/internal/input"
)

// Mesh is istiod's view of manifests, and the cluster around it.
type Mesh struct {
	Config *meshconfig.MeshConfig
	// Sources are the manifests by kind, namespace and name.
	Sources  map[string]input.Object
	Problems []input.Problem

	cluster *cluster
	configs []config.Config
	callers []Caller
	mutex   sync.Mutex

	entriesOnce   sync.Once
	entriesByHost map[string][]*clientnetworking.ServiceEntry
	namingOnce    sync.Once
	// naming are objects by namespace and host.
	naming map[string][]string

	pods    []*Pod
	byIP    map[netip.Addr]*Pod
	istiod  *xds.FakeDiscoveryServer
	proxies map[*Pod]*envoy.Proxy
	ambient *Ambient
}

// Build runs istiod on manifests, with a mesh configuration in YAML, for callers of whom the manifests may know nothing, or for
// everybody that the manifests know.
func Build(objects []input.Object, configuration string, callers []Caller, everybody bool) (built *Mesh, err error) {
	defer func() {
		switch reason := recover().(type) {
		case nil:
		case failure:
			err = errors.New(string(reason))
		default:
			panic(reason)
		}
	}()
	quiet()
	settings, err := mesh.ApplyMeshConfigDefaults(configuration)
	if err != nil {
		return nil, fmt.Errorf("the mesh configuration: %w", err)
	}
	m := &Mesh{
		Config:  settings,
		Sources: map[string]input.Object{},
		cluster: newCluster(),
		byIP:    map[netip.Addr]*Pod{},
		proxies: map[*Pod]*envoy.Proxy{},
	}
	m.configs = m.read(objects)
	if everybody {
		callers = m.everybody(m.configs)
	}
	m.callers = callers
	m.assume(callers)
	m.cluster.complete(objects)
	m.settlePods()
	m.istiod = xds.NewFakeDiscoveryServer(&failer{}, xds.FakeOptions{
		Configs:           m.withAddresses(m.configs),
		KubernetesObjects: m.cluster.objects(),
		MeshConfig:        settings,
		// One push for all that is there: every push reads everything anew.
		DebounceTime: 20 * time.Millisecond,
	})
	return m, nil
}

// quiet keeps istiod's log to itself: what matters of it is in the answers.
func quiet() {
	for _, scope := range log.Scopes() {
		scope.SetOutputLevel(log.NoneLevel)
	}
}

func (m *Mesh) read(objects []input.Object) []config.Config {
	var configs []config.Config
	all, failures := decodeAll(objects)
	for index, manifest := range objects {
		its, err := all[index], failures[index]
		if err != nil {
			code := input.Invalid
			if errors.Is(err, errUnknownKind) {
				code = input.UnknownKind
			}
			m.problem(manifest, code, err.Error())
			continue
		}
		if its.object == nil && its.config == nil {
			continue
		}
		if first, twice := m.Sources[manifest.Key()]; twice {
			if !bytes.Equal(first.JSON, manifest.JSON) {
				m.problem(manifest, input.Twice, "the same object stands in another place too, and differs; only the first is read")
			}
			continue
		}
		m.Sources[manifest.Key()] = manifest
		if its.object != nil {
			m.cluster.add(its.object)
		}
		if its.config != nil {
			configs = append(configs, *its.config)
		}
	}
	return configs
}

func (m *Mesh) problem(of input.Object, code input.Code, message string) {
	m.Problems = append(m.Problems, input.Problem{Code: code, File: of.File, Line: of.Line, Object: of.Key(), Message: message})
}

// withAddresses gives the addresses that were allocated for ServiceEntries to istiod's configuration of them.
func (m *Mesh) withAddresses(configs []config.Config) []config.Config {
	entries := map[string]*clientnetworking.ServiceEntry{}
	for _, entry := range m.cluster.entries {
		entries[entry.Namespace+"/"+entry.Name] = entry
	}
	for index := range configs {
		its := &configs[index]
		if entry := entries[its.Namespace+"/"+its.Name]; entry != nil && its.GroupVersionKind.Kind == "ServiceEntry" {
			its.Status = entry.Status.DeepCopy()
		}
	}
	return configs
}

// Caller is who makes a call, as a question names it: a workload or a service account of a namespace.
type Caller struct{ Namespace, Name string }

// Callers are those whom the mesh was built for.
func (m *Mesh) Callers() []Caller { return m.callers }

// assume makes a pod for callers of whom the manifests hold no workload.
func (m *Mesh) assume(callers []Caller) {
	for _, caller := range callers {
		if m.knows(caller) {
			continue
		}
		template := corev1.PodTemplateSpec{
			ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": caller.Name}},
			Spec:       corev1.PodSpec{ServiceAccountName: caller.Name},
		}
		namespace := m.cluster.namespace(caller.Namespace)
		_, labelled := namespace.Labels["istio-injection"]
		if !labelled && namespace.Labels["istio.io/rev"] == "" && namespace.Labels[dataplaneMode] == "" {
			template.Labels[injection] = "true"
		}
		template.Annotations = map[string]string{assumed: "true"}
		m.cluster.workloads = append(m.cluster.workloads, workload{caller.Namespace, caller.Name, template})
	}
}

const assumed = "cdk8s-istio-egress/assumed"

func (m *Mesh) knows(caller Caller) bool {
	for _, pod := range m.cluster.pods {
		if pod.Namespace == caller.Namespace && (pod.Name == caller.Name || accountOf(pod.Spec) == caller.Name || madeBy(pod, caller.Name)) {
			return true
		}
	}
	for _, workload := range m.cluster.workloads {
		if workload.namespace == caller.Namespace && (workload.name == caller.Name || accountOf(workload.template.Spec) == caller.Name) {
			return true
		}
	}
	return false
}

func madeBy(pod *corev1.Pod, name string) bool {
	for _, owner := range pod.OwnerReferences {
		if owner.Name == name || strings.HasPrefix(owner.Name, name+"-") {
			return true
		}
	}
	return false
}

func accountOf(spec corev1.PodSpec) string {
	if spec.ServiceAccountName == "" {
		return "default"
	}
	return spec.ServiceAccountName
}

func (m *Mesh) settlePods() {
	for _, pod := range m.cluster.pods {
		name := m.cluster.made[pod.Namespace+"/"+pod.Name]
		if name == "" {
			name = workloadOf(pod)
		}
		_, isAssumed := pod.Annotations[assumed]
		its := &Pod{Pod: pod, Proxy: proxyOf(pod, m.cluster.namespace(pod.Namespace)), Workload: name, Assumed: isAssumed}
		m.pods = append(m.pods, its)
		if address, err := netip.ParseAddr(pod.Status.PodIP); err == nil && !pod.Spec.HostNetwork {
			m.byIP[address] = its
		}
	}
}

// workloadOf names what makes a pod; a ReplicaSet's name is its Deployment's and a hash.
func workloadOf(pod *corev1.Pod) string {
	if len(pod.OwnerReferences) == 0 {
		return pod.Name
	}
	owner := pod.OwnerReferences[0]
	if at := strings.LastIndex(owner.Name, "-"); owner.Kind == "ReplicaSet" && at > 0 {
		return owner.Name[:at]
	}
	return owner.Name
}

// PodOf finds the pod of a caller: by its own name, by what makes it, else by its service account.
func (m *Mesh) PodOf(caller Caller) *Pod {
	ways := []func(*Pod) bool{
		func(pod *Pod) bool { return pod.Name == caller.Name },
		func(pod *Pod) bool { return pod.Workload == caller.Name || madeBy(pod.Pod, caller.Name) },
		func(pod *Pod) bool { return pod.Account() == caller.Name },
	}
	for _, is := range ways {
		for _, pod := range m.pods {
			if pod.Namespace == caller.Namespace && is(pod) {
				return pod
			}
		}
	}
	return nil
}

// PodAt finds the pod that has an address.
func (m *Mesh) PodAt(address netip.Addr) *Pod { return m.byIP[address] }

// Namespace answers with a namespace of the mesh.
func (m *Mesh) Namespace(name string) *corev1.Namespace { return m.cluster.namespace(name) }

// NetworkPolicies are those that select a pod.
func (m *Mesh) NetworkPolicies(pod *Pod) []*networkingv1.NetworkPolicy {
	var found []*networkingv1.NetworkPolicy
	for _, policy := range m.cluster.policies {
		selector, err := metav1.LabelSelectorAsSelector(&policy.Spec.PodSelector)
		if err == nil && policy.Namespace == pod.Namespace && selector.Matches(labels.Set(pod.Labels)) {
			found = append(found, policy)
		}
	}
	return found
}

// TrustDomain is the first part of identities.
func (m *Mesh) TrustDomain() string { return m.Config.TrustDomain }

// Identity is the SPIFFE name of a pod's certificate.
func (m *Mesh) Identity(pod *Pod) string {
	return "spiffe://" + m.TrustDomain() + "/ns/" + pod.Namespace + "/sa/" + pod.Account()
}
