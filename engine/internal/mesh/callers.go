package mesh

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"
	security "istio.io/api/security/v1beta1"
	"istio.io/istio/pkg/config"
	corev1 "k8s.io/api/core/v1"
)

// Others stands for an account of a namespace that nobody names.
const Others = "anybody-else"

// everybody are the workloads that call by themselves, the accounts that policies name, and somebody else in each of their namespaces.
func (m *Mesh) everybody(configs []config.Config) []Caller {
	seen := map[Caller]bool{}
	add := func(pod *corev1.Pod) {
		switch proxyOf(pod, m.cluster.namespace(pod.Namespace)) {
		case Gateway, Waypoint: // they send on what others call
		default:
			seen[Caller{pod.Namespace, accountOf(pod.Spec)}] = true
		}
	}
	for _, workload := range m.cluster.workloads {
		add(m.cluster.podOf(workload))
	}
	for _, pod := range m.cluster.pods {
		add(pod)
	}
	for _, its := range configs {
		for _, caller := range namedIn(its) {
			seen[caller] = true
		}
	}
	namespaces := m.withRoutes(configs)
	for caller := range seen {
		namespaces[caller.Namespace] = true
	}
	for namespace := range namespaces {
		seen[Caller{namespace, Others}] = true
	}
	delete(seen, Caller{m.Config.RootNamespace, Others})
	return slices.SortedFunc(maps.Keys(seen), func(a, b Caller) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
}

// withRoutes are the namespaces that have routes or hosts of their own, and no exit: somebody in them calls.
func (m *Mesh) withRoutes(configs []config.Config) map[string]bool {
	namespaces := map[string]bool{}
	for _, its := range configs {
		if kind := its.GroupVersionKind.Kind; kind == "VirtualService" || kind == "ServiceEntry" || kind == "Sidecar" {
			namespaces[its.Namespace] = true
		}
	}
	for _, its := range configs {
		if its.GroupVersionKind.Kind == "Gateway" {
			delete(namespaces, its.Namespace)
		}
	}
	for _, gateway := range m.cluster.gateways {
		delete(namespaces, gateway.Namespace)
	}
	return namespaces
}

// namedIn are the callers that an object names.
func namedIn(its config.Config) []Caller {
	var callers []Caller
	add := func(namespace, account string) {
		if namespace == "" || strings.Contains(namespace, "*") {
			return
		}
		if account == "" || strings.Contains(account, "*") {
			account = Others
		}
		callers = append(callers, Caller{namespace, account})
	}
	switch spec := its.Spec.(type) {
	case *security.AuthorizationPolicy:
		for _, rule := range spec.GetRules() {
			for _, from := range rule.GetFrom() {
				source := from.GetSource()
				for _, principal := range source.GetPrincipals() {
					add(partsOf(principal))
				}
				for _, namespace := range source.GetNamespaces() {
					add(namespace, "")
				}
				for _, account := range source.GetServiceAccounts() {
					namespace, name, found := strings.Cut(account, "/")
					if !found {
						namespace, name = its.Namespace, account
					}
					add(namespace, name)
				}
			}
		}
	case *networking.Gateway:
		for _, server := range spec.GetServers() {
			for _, name := range server.GetTls().GetSubjectAltNames() {
				add(partsOf(name))
			}
		}
	}
	return callers
}

// partsOf reads namespace and account of `cluster.local/ns/shop/sa/web`.
func partsOf(principal string) (namespace, account string) {
	parts := strings.Split(principal, "/")
	for index, part := range parts[:max(0, len(parts)-1)] {
		switch part {
		case "ns":
			namespace = parts[index+1]
		case "sa":
			account = parts[index+1]
		}
	}
	return namespace, account
}

// Request is a request of HTTP that a policy names.
type Request struct{ Method, Path string }

// Requests are those that policies name, by host: what is true of one need not be of another.
func (m *Mesh) Requests() map[string][]Request {
	named := map[string][]Request{}
	for _, its := range m.configs {
		policy, is := its.Spec.(*security.AuthorizationPolicy)
		if !is {
			continue
		}
		for _, rule := range policy.GetRules() {
			for _, to := range rule.GetTo() {
				operation := to.GetOperation()
				if len(operation.GetPaths())+len(operation.GetMethods())+len(operation.GetNotPaths())+len(operation.GetNotMethods()) == 0 {
					continue
				}
				for _, host := range operation.GetHosts() {
					host, _, _ = strings.Cut(host, ":")
					for _, request := range requestsOf(operation) {
						if !slices.Contains(named[host], request) {
							named[host] = append(named[host], request)
						}
					}
				}
			}
		}
	}
	return named
}

func requestsOf(operation *security.Operation) []Request {
	orElse := func(values []string, value string) []string {
		if len(values) == 0 {
			return []string{value}
		}
		return values
	}
	var requests []Request
	for _, method := range orElse(append(operation.GetMethods(), operation.GetNotMethods()...), "GET") {
		for _, path := range orElse(append(operation.GetPaths(), operation.GetNotPaths()...), "/") {
			path = strings.NewReplacer("{**}", "any", "{*}", "any", "*", "any").Replace(path)
			if !strings.HasPrefix(path, "/") {
				path = "/" + path
			}
			requests = append(requests, Request{method, path})
		}
	}
	return requests
}
